"""What stands on the pages of a journal, as texts: the template only places them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from exports.journal.read import Item, Month, sums_of
from exports.pdf.formats import amount, percent, text
from exports.pdf.languages import words_of
from exports.pdf.words import Words
from stores.letterhead import Letterhead


def page_of(items: Sequence[Item], month: Month, *, title: str, zone: str, letterhead: Letterhead) -> dict[str, Any]:
    """The texts, for the template. `title` names the store."""
    words = words_of(letterhead.language)
    page, of, _ = words.page.split("{}")
    heads = [words.country, words.vat, words.category, words.documents, words.net_amount, words.vat, words.total]
    return {
        "title": f"{words.journal}, {words.write_month(month.first)}",
        "store": text(title),
        "zone": zone,
        "language": words.code,
        "is_rtl": words.is_rtl,
        "colour": letterhead.colour,
        "page": [page, of],
        "nothing": words.nothing_sold,
        "sums": {"title": words.sums_of_month, "heads": ["", *heads], "rows": _rows(sums_of(items), words, "")},
        "days": {"heads": [words.day_of_month, *heads], "rows": _rows(items, words, "{item.day.day}")},
    }


def _rows(items: Sequence[Item], words: Words, day: str) -> list[list[str]]:
    return [
        [
            day.format(item=item), item.country, percent(item.rate, words), item.category, str(item.documents),
            amount(item.net, item.currency, words), amount(item.vat, item.currency, words),
            f"{amount(item.total, item.currency, words)} {item.currency}",
        ]
        for item in items
    ]  # fmt: skip

"""The condition on a row for a text: it is a part of a number, or each of its words begins a word of a name.

Numbers are the invoice number, the printed number, the external id and the order reference. Names are those of seller and
buyer, and the descriptions and codes of products. Texts are compared folded: in small letters, without accents.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from django.db import connection

# A shorter text is a part of nearly every number; it is looked for as a whole number.
SHORTEST_PART = 3
# The part of a description that is searched, in characters.
DESCRIPTION = 100
ORDER_REFERENCE = "d.details->>'order_reference'"
# The names of a product that are searched, as rows of VALUES.
NAMES_OF_LINE = f"(left(l.description, {DESCRIPTION})), (l.product_code)"

_IN_DOCUMENTS = """
id IN (SELECT d.invoice_id FROM invoices_document d WHERE d.invoice_id = ANY(ARRAY(SELECT id FROM near WHERE has_document))
    AND ({condition}))"""
_IN_LINES = f"""
id IN (SELECT l.invoice_id FROM invoices_line l CROSS JOIN LATERAL (VALUES {NAMES_OF_LINE}) AS named(name)
    CROSS JOIN LATERAL (SELECT invoices_fold(named.name) AS name OFFSET 0) AS folded
    WHERE l.invoice_id = ANY(ARRAY(SELECT id FROM near WHERE has_document))
    AND {{condition}})"""
# One reading of the rows in a range, in which documents and lines are looked up together.
NEAR = """
WITH near AS MATERIALIZED (
    SELECT id, ordinal, invoices_fold(seller_name) AS seller, invoices_fold(buyer_name) AS buyer, invoice_number,
        printed_number, has_document FROM invoices_invoice
    WHERE series_id = %(series)s AND ordinal >= %(low)s AND ordinal < %(bound)s
) SELECT ordinal FROM near WHERE {where} ORDER BY ordinal DESC LIMIT %(limit)s
"""


@dataclass(frozen=True)
class Wanted:
    """A text that is searched for: `number` in small letters, and its `folded` words."""

    number: str
    folded: str

    @cached_property
    def words(self) -> list[str]:
        return list(dict.fromkeys(self.folded.split()))

    @property
    def is_part(self) -> bool:
        """Whether parts of numbers are looked for, and not whole numbers."""
        return len(self.number) >= SHORTEST_PART

    @property
    def parameters(self) -> dict[str, Any]:
        plain = {f"plain{place}": word for place, word in enumerate(self.words)}
        patterns = {f"word{place}": word_pattern(word) for place, word in enumerate(self.words)}
        return {"number": self.number, **plain, **patterns}


def wanted_of(text: str) -> Wanted:
    """The text as it is compared."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT lower(%(text)s), invoices_fold(%(text)s)", {"text": text.strip()})
        number, folded = cursor.fetchone()
    return Wanted(number, folded)


def matching_rows(wanted: Wanted) -> str:
    """The condition on a row of `near`."""
    # An accent alone is folded to nothing.
    words = " AND ".join(map(_word_condition, range(len(wanted.words)))) or "false"
    return f"({_number_condition(wanted)} OR ({words}))"


def part_of_document(wanted: Wanted) -> str:
    """The condition on the external id and the order reference of a row `d` of documents."""
    texts = ("lower(d.external_id)", f"lower({ORDER_REFERENCE})")
    return " OR ".join(part_of(text, wanted) for text in texts)


def part_of(text: str, wanted: Wanted) -> str:
    """The condition that the SQL expression `text` has the number in it."""
    return f"strpos({text}, %(number)s) > 0" if wanted.is_part else f"{text} = %(number)s"


def has_word(text: str, place: int) -> str:
    """The condition that a word of the SQL expression `text`, which is folded, begins with the wanted word at `place`."""
    # Most names do not have the text at all, which costs a tenth of the regular expression to see.
    return f"(strpos({text}, %(plain{place})s) > 0 AND {text} ~ %(word{place})s)"


def _number_condition(wanted: Wanted) -> str:
    own = "strpos(lower(invoice_number), %(number)s) > 0 OR " if wanted.is_part else ""
    documents = _IN_DOCUMENTS.format(condition=part_of_document(wanted))
    return f"{own}{part_of('lower(printed_number)', wanted)} OR {documents}"


def _word_condition(place: int) -> str:
    in_lines = _IN_LINES.format(condition=has_word("folded.name", place))
    return f"({has_word('seller', place)} OR {has_word('buyer', place)} OR {in_lines})"


def word_pattern(word: str) -> str:
    """A regular expression for what begins a word with `word`."""
    return rf"(^|[^[:alnum:]]){re.escape(word)}"


def like_prefix(text: str) -> str:
    """A LIKE pattern for what begins with `text`."""
    return re.sub(r"([\\%_])", r"\\\1", text) + "%"

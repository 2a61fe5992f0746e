"""Reads the journal of a month from the VAT groups of documents; credit notes count negative, purchases do not count.

The sums of all months of a feed are the totals of `GET /api/stats`.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from django.db import connection

from stores.scope import visible_store_ids

_MONTH = re.compile(r"(?P<year>[0-9]{4})-(?P<month>0[1-9]|1[0-2])", re.ASCII)

# No zone is further from UTC than a day, so the index of dates narrows the search.
# An invoice without groups of its own, such as a generated one, is one group.
_ITEMS = """
SELECT day, country, currency, rate, category, count(*), sum(sign * net), sum(sign * vat) FROM (
    SELECT coalesce(d.day, (i.invoice_date AT TIME ZONE %(zone)s)::date) AS day,
        coalesce(d.buyer->>'country', '') AS country, i.currency,
        CASE i.kind WHEN 'credit_note' THEN -1 ELSE 1 END AS sign,
        coalesce(g.rate, i.vat_rate, 0) AS rate,
        coalesce(g.category, CASE WHEN i.vat_rate = 0 THEN 'Z' ELSE 'S' END) AS category,
        coalesce(g.net, i.subtotal) AS net, coalesce(g.vat, i.vat_amount) AS vat
    FROM invoices_invoice i JOIN invoices_series s ON s.id = i.series_id
    LEFT JOIN invoices_document d ON d.invoice_id = i.id LEFT JOIN invoices_vatgroup g ON g.invoice_id = d.invoice_id
    WHERE s.feed_id = %(feed)s AND s.closed_at IS NULL AND s.kind <> 'purchase'
        AND (%(stores)s::bigint[] IS NULL OR s.store_id = ANY(%(stores)s))
        AND i.invoice_date >= %(first)s::date - interval '1 day' AND i.invoice_date < %(end)s::date + interval '1 day'
) AS grouped WHERE day >= %(first)s AND day < %(end)s GROUP BY 1, 2, 3, 4, 5 ORDER BY 1, 3, 2, 4, 5
"""


class BadMonth(ValueError):
    """The text is not a month."""


@dataclass(frozen=True, kw_only=True)
class Month:
    """A month; `end` is the day after its last."""

    first: date

    @property
    def end(self) -> date:
        return (self.first + timedelta(days=31)).replace(day=1)

    def __str__(self) -> str:
        return f"{self.first:%Y-%m}"


@dataclass(frozen=True, kw_only=True)
class Item:
    """What was sold on a day, less what was credited; `documents` counts both."""

    day: date
    country: str
    currency: str
    rate: Decimal
    category: str
    documents: int
    net: Decimal
    vat: Decimal

    @property
    def total(self) -> Decimal:
        return self.net + self.vat


def read_month(text: str) -> Month:
    """The month that `text`, such as `2026-10`, names; raises `BadMonth`."""
    found = _MONTH.fullmatch(text)
    if found is None or not 1 < int(found["year"]) < 9999:
        raise BadMonth(f"{text[:20]!r} is not a month: use one such as 2026-10.")
    return Month(first=date(int(found["year"]), int(found["month"]), 1))


def read_items(feed: str, month: Month, zone: str) -> list[Item]:
    """The items of the month in their order. `zone` is that of the days of documents that have no day of their own."""
    visible = visible_store_ids()
    scope: dict[str, Any] = {
        "feed": feed, "zone": zone, "first": month.first, "end": month.end,
        "stores": None if visible is None else sorted(visible),
    }  # fmt: skip
    with connection.cursor() as cursor:
        cursor.execute(_ITEMS, scope)
        return [_item(*row) for row in cursor.fetchall()]


def sums_of(items: Sequence[Item]) -> list[Item]:
    """The sums of the whole month, by currency, country, rate and category; `day` is that of the first item."""
    found: dict[tuple[str, str, Decimal, str], Item] = {}
    for item in items:
        key = (item.currency, item.country, item.rate, item.category)
        before = found.get(key)
        found[key] = item if before is None else _added(before, item)
    return [found[key] for key in sorted(found)]


def _added(one: Item, other: Item) -> Item:
    return Item(
        day=one.day, country=one.country, currency=one.currency, rate=one.rate, category=one.category,
        documents=one.documents + other.documents, net=one.net + other.net, vat=one.vat + other.vat,
    )  # fmt: skip


def _item(
    day: date, country: str, currency: str, rate: Decimal, category: str, documents: int, net: Decimal, vat: Decimal
) -> Item:
    return Item(
        day=day, country=country, currency=currency, rate=rate, category=category, documents=documents, net=net, vat=vat
    )

"""Reads what a replay has announced so far, newest first: the list behind its grid."""

from __future__ import annotations

from datetime import UTC, date, datetime, time
from typing import Any

from django.db import connection

from invoices import serialize
from invoices.queries import LARGEST_ID, Page, UnknownInvoice
from invoices.search.rows import has_word, like_prefix, part_of, wanted_of

_COLUMNS = ", ".join(f"i.{column}" for column in serialize.COLUMNS)

# The entries of a feed are stored in the order of positions, so a page reads only its own part of the index.
_PAGE = f"""
SELECT e.first_position + i.ordinal - e.first_ordinal, {_COLUMNS} FROM streaming_entry e CROSS JOIN LATERAL (
    SELECT * FROM invoices_invoice WHERE series_id = e.origin_id
    AND ordinal >= e.first_ordinal AND ordinal < e.first_ordinal + e.count) AS i
WHERE e.feed_id = %(feed)s AND e.first_position < %(before)s
    AND e.first_position + i.ordinal - e.first_ordinal < %(before)s {{where}}
ORDER BY e.first_position DESC, i.ordinal DESC LIMIT %(limit)s
"""

_POSITION = """
SELECT max(e.first_position + i.ordinal - e.first_ordinal) FROM invoices_invoice i JOIN streaming_entry e
    ON e.origin_id = i.series_id AND i.ordinal >= e.first_ordinal AND i.ordinal < e.first_ordinal + e.count
WHERE i.invoice_number = %s AND e.feed_id = %s
"""


def read_page(feed: str, *, limit: int, before: int = LARGEST_ID, until: date | None = None, query: str = "") -> Page:
    """The `limit` invoices that replay `feed` announced last before position `before`, dated until that day (UTC).

    `query` is a part of a number, or prefixes of words of seller or buyer. `next_id` is a position.
    """
    where, parameters = _matches(query)
    if until:
        where += " AND i.invoice_date <= %(until)s"
        parameters["until"] = datetime.combine(until, time.max, UTC)
    with connection.cursor() as cursor:
        cursor.execute(_PAGE.format(where=where), parameters | {"feed": feed, "before": before, "limit": limit + 1})
        rows = cursor.fetchall()
    items = [serialize.invoice(row[1:]) for row in rows[:limit]]
    return Page(items=items, next_id=rows[limit - 1][0] if len(rows) > limit else None)


def position_of(feed: str, number: str) -> int:
    """The position at which replay `feed` announced the invoice with that number; raises `UnknownInvoice`."""
    with connection.cursor() as cursor:
        cursor.execute(_POSITION, [number, feed])
        position = cursor.fetchone()[0]
    if position is None:
        raise UnknownInvoice(f"{feed} has announced no invoice with the number {number[:60]!r}.")
    return int(position)


def _matches(query: str) -> tuple[str, dict[str, Any]]:
    wanted = wanted_of(query)
    if not wanted.words:
        return "", {}
    number = f"i.invoice_number ILIKE %(beginning)s OR {part_of('lower(i.invoice_number)', wanted)}"
    words = " AND ".join(
        f"({has_word('invoices_fold(i.seller_name)', place)} OR {has_word('invoices_fold(i.buyer_name)', place)})"
        for place in range(len(wanted.words))
    )
    return f"AND ({number} OR ({words}))", wanted.parameters | {"beginning": like_prefix(query.strip())}

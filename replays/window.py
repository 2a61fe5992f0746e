"""Reads the invoices of a window in the order of their dates. Each read is bounded, however dense the window is.

A BRIN index on the date finds them without slowing down `issue()` (docs/replay.md has the figures).
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any, NamedTuple

from django.db import connection

from invoices.series import sales_of

LARGEST_ID = 2**63 - 1

_HOLDS = """
SELECT EXISTS (SELECT 1 FROM invoices_invoice
    WHERE series_id = ANY(%(series)s) AND invoice_date >= %(begin)s AND invoice_date < %(end)s)
"""

_AFTER = """
FROM invoices_invoice WHERE series_id = ANY(%(series)s) AND invoice_date >= %(at)s AND invoice_date <= %(through)s
    AND (invoice_date > %(at)s OR id > %(id)s)
"""
_COUNT = f"SELECT count(*) FROM (SELECT 1 {_AFTER} LIMIT %(limit)s) AS found"
_READ = f"""
SELECT id, series_id, ordinal, invoice_date, kind, currency, subtotal, vat_amount, total_amount {_AFTER}
ORDER BY invoice_date, id LIMIT %(limit)s
"""

# The newest invoice of each series, through its index: no index finds the newest date.
_NEWEST = """
SELECT max(newest.invoice_date) FROM unnest(%(series)s::bigint[]) AS wanted(series) CROSS JOIN LATERAL (
    SELECT invoice_date FROM invoices_invoice WHERE series_id = wanted.series ORDER BY ordinal DESC LIMIT 1) AS newest
"""
_SPAN = """
SELECT date_trunc('hour', min(invoice_date), 'UTC'), date_trunc('hour', max(invoice_date), 'UTC') FROM invoices_invoice
WHERE series_id = ANY(%(series)s) AND invoice_date >= %(begin)s AND invoice_date < %(end)s
"""


class Found(NamedTuple):
    """The fields of an invoice of a window that a replay needs."""

    id: int
    series_id: int
    ordinal: int
    invoice_date: datetime
    kind: str
    currency: str
    subtotal: Decimal
    vat_amount: Decimal
    total_amount: Decimal


class Place(NamedTuple):
    """The read position in a window, in the order of date and id."""

    at: datetime
    id: int


def open_series(source: str) -> list[int]:
    """The series that feed `source` uses now."""
    return list(sales_of(source).values_list("id", flat=True))


def holds_any(source: str, begin: datetime, end: datetime) -> bool:
    """Whether feed `source` has an invoice dated from `begin` until before `end`."""
    return bool(_rows(_HOLDS, series=open_series(source), begin=begin, end=end)[0][0])


def count_after(series: Sequence[int], place: Place, through: datetime, *, at_most: int) -> int:
    """How many invoices follow `place` up to the time `through`; counts at most `at_most`."""
    return int(_rows(_COUNT, series=series, at=place.at, id=place.id, through=through, limit=at_most)[0][0])


def read_after(series: Sequence[int], place: Place, through: datetime, *, limit: int) -> list[Found]:
    """The first `limit` invoices that follow `place` up to the time `through`."""
    return [Found(*row) for row in _rows(_READ, series=series, at=place.at, id=place.id, through=through, limit=limit)]


def last_day(source: str) -> tuple[datetime, datetime] | None:
    """The last day on which feed `source` issued, from its first hour to the end of its last; None if it never issued."""
    series = open_series(source)
    newest = _rows(_NEWEST, series=series)[0][0]
    if newest is None:
        return None
    begin = newest.replace(hour=0, minute=0, second=0, microsecond=0)
    ((first, last),) = _rows(_SPAN, series=series, begin=begin, end=begin + timedelta(days=1))
    return first, last + timedelta(hours=1)


def _rows(sql: str, **parameters: Any) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(sql, parameters | {"series": list(parameters["series"])})
        return list(cursor.fetchall())

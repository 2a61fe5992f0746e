"""Reads of the invoice store. Closed series are out of every answer."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from django.db import connection

from invoices import serialize
from invoices.masking import mask_buyers
from invoices.models import Invoice, Series
from invoices.search.find import find
from invoices.series import sales_of
from stores.scope import narrow

_COLUMNS = ", ".join(f"i.{column}" for column in serialize.COLUMNS)

_BY_ORDINALS = f"""
SELECT i.series_id, i.ordinal, {_COLUMNS}
FROM unnest(%(series)s::bigint[], %(ordinals)s::bigint[]) AS wanted(series_id, ordinal)
JOIN invoices_invoice i ON i.series_id = wanted.series_id AND i.ordinal = wanted.ordinal
"""

# The newest ordinal of each series below an id, 0 for none: within a series both rise together and ordinals have no
# gaps, so halving finds it, in some twenty steps for ten million, and the table needs no index in the order of ids.
_BELOW = """
WITH RECURSIVE halves(series_id, below, above) AS (
    SELECT id, 0::bigint, last_ordinal + 1 FROM invoices_series WHERE id = ANY(%(series)s)
    UNION ALL
    SELECT halves.series_id, CASE WHEN i.id < %(before)s THEN middle ELSE below END,
        CASE WHEN i.id < %(before)s THEN above ELSE middle END
    FROM halves CROSS JOIN LATERAL (SELECT (below + above) / 2 AS middle) AS half
    LEFT JOIN invoices_invoice i ON i.series_id = halves.series_id AND i.ordinal = middle
    WHERE above - below > 1
), newest AS (SELECT series_id, below AS ordinal FROM halves WHERE above - below = 1)
"""
_NEWEST = f"{_BELOW} SELECT series_id, ordinal FROM newest"

# Each series is read newest first through its own index, so a page costs the same however deep it lies.
_PAGE = f"""
{_BELOW}
SELECT {_COLUMNS} FROM newest CROSS JOIN LATERAL (
    SELECT * FROM invoices_invoice WHERE series_id = newest.series_id AND ordinal <= newest.ordinal
    ORDER BY ordinal DESC LIMIT %(limit)s
) i
ORDER BY i.id DESC LIMIT %(limit)s
"""

_FOUND = f"""
SELECT {_COLUMNS} FROM unnest(%(series)s::bigint[], %(ordinals)s::bigint[]) AS wanted(series_id, ordinal)
JOIN invoices_invoice i ON i.series_id = wanted.series_id AND i.ordinal = wanted.ordinal
ORDER BY i.id DESC LIMIT %(limit)s
"""

# By the dates' BRIN index: `id + 0` keeps the planner from walking down all ids to the first that fits.
_DATED = """
SELECT max(id + 0) FROM invoices_invoice
WHERE series_id = ANY(%(series)s) AND invoice_date >= %(first)s AND invoice_date <= %(end)s
"""
WINDOWS = [timedelta(days=days) for days in (1, 30, 365, 36_500)]

LARGEST_ID = 2**63 - 1


class UnknownInvoice(LookupError):
    """No invoice has that number."""


@dataclass(frozen=True, kw_only=True)
class Page:
    """Invoices in the order of issue, newest first; `next_id` continues below it, None at the end."""

    items: list[dict[str, Any]]
    next_id: int | None


def load_items(keys: Sequence[tuple[int, int]]) -> dict[tuple[int, int], str]:
    """The JSON texts of invoices by (series id, ordinal), for the feed. What is gone is missing."""
    return {key: _text(item) for key, item in _load(keys).items()}


def load_masked_items(keys: Sequence[tuple[int, int]]) -> dict[tuple[int, int], str]:
    """The same with masked buyers."""
    found = _load(keys)
    return {key: _text(item) for key, item in zip(found, mask_buyers(found.values()), strict=True)}


def _text(item: dict[str, Any]) -> str:
    return json.dumps(item, separators=(",", ":"), ensure_ascii=False)


def _load(keys: Sequence[tuple[int, int]]) -> dict[tuple[int, int], dict[str, Any]]:
    series, ordinals = zip(*keys, strict=True)
    with connection.cursor() as cursor:
        cursor.execute(_BY_ORDINALS, {"series": list(series), "ordinals": list(ordinals)})
        return {(row[0], row[1]): serialize.invoice(row[2:]) for row in cursor.fetchall()}


def read_page(feed: str, *, limit: int, before_id: int = LARGEST_ID, query: str = "", by_names: bool = True) -> Page:
    """The `limit` newest invoices of `feed` below `before_id` that match `query` (see `invoices.search.find`)."""
    series = list(sales_of(feed))
    with connection.cursor() as cursor:
        if query.strip():
            cursor.execute(_FOUND, _find(series, query, before_id=before_id, limit=limit + 1, by_names=by_names))
        else:
            ids = [one.pk for one in series]
            cursor.execute(_PAGE, {"series": ids, "before": before_id, "limit": limit + 1})
        items = [serialize.invoice(row) for row in cursor.fetchall()]
    has_more = len(items) > limit
    return Page(items=items[:limit], next_id=items[limit - 1]["id"] if has_more else None)


def newest_ordinals(series: Sequence[int], *, before_id: int) -> dict[int, int]:
    """The ordinal of the newest invoice with an id below `before_id`, by series id; 0 where there is none."""
    with connection.cursor() as cursor:
        cursor.execute(_NEWEST, {"series": list(series), "before": before_id})
        return dict(cursor.fetchall())


def id_dated_until(feed: str, day: date) -> int:
    """The id of the newest invoice of `feed` that is dated `day` (UTC), or else of the nearest time before it; 0 for none."""
    end = datetime.combine(day, time.max, UTC)
    series = list(sales_of(feed).values_list("id", flat=True))
    with connection.cursor() as cursor:
        for window in WINDOWS:
            first = end - min(window, end - datetime.min.replace(tzinfo=UTC))
            cursor.execute(_DATED, {"series": series, "first": first, "end": end})
            (newest,) = cursor.fetchone()
            if newest is not None:
                return int(newest)
    return 0


def _find(series: list[Series], query: str, *, before_id: int, limit: int, by_names: bool) -> dict[str, Any]:
    """The invoices of `series` that match `query`, as the parameters of `_FOUND`."""
    newest = newest_ordinals([one.pk for one in series], before_id=before_id)
    keys = [
        (one.pk, ordinal)
        for one in series
        for ordinal in find(one, query, bound=newest[one.pk] + 1, limit=limit, by_names=by_names)
    ]
    return {"series": [pk for pk, _ in keys], "ordinals": [ordinal for _, ordinal in keys], "limit": limit}


def read_invoice(number: str) -> dict[str, Any]:
    """The invoice with that number; raises `UnknownInvoice`."""
    rows = narrow(Invoice.objects.filter(invoice_number=number, series__closed_at=None), "series__store_id")
    found = rows.values_list(*serialize.COLUMNS)
    if not found:
        raise UnknownInvoice(f"No invoice has the number {number[:60]!r}.")
    return serialize.invoice(found[0])


def read_invoices(numbers: Sequence[str]) -> dict[str, dict[str, Any]]:
    """The invoices with these numbers, by number; those that are not there are missing."""
    found = Invoice.objects.filter(invoice_number__in=numbers, series__closed_at=None).values_list(*serialize.COLUMNS)
    return {row["invoice_number"]: row for row in map(serialize.invoice, found)}


def id_of(feed: str, number: str) -> int:
    """The id of the invoice with that number on `feed`; raises `UnknownInvoice`."""
    found = Invoice.objects.filter(invoice_number=number, series__in=sales_of(feed))
    ids = found.values_list("id", flat=True)
    if not ids:
        raise UnknownInvoice(f"No invoice of feed {feed!r} has the number {number[:60]!r}.")
    return ids[0]

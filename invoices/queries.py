"""Reads of the invoice store. Closed series are out of every answer."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db import connection

from invoices import present, stats
from invoices.models import Invoice, Series

_COLUMNS = ", ".join(f"i.{column}" for column in present.COLUMNS)

_BY_ORDINALS = f"""
SELECT i.series_id, i.ordinal, {_COLUMNS}
FROM unnest(%(series)s::bigint[], %(ordinals)s::bigint[]) AS wanted(series_id, ordinal)
JOIN invoices_invoice i ON i.series_id = wanted.series_id AND i.ordinal = wanted.ordinal
"""

# Each series is read newest first through its own index, so a page costs the same however deep it lies.
_PAGE = f"""
SELECT {_COLUMNS} FROM unnest(%(series)s::bigint[]) AS wanted(series_id)
CROSS JOIN LATERAL (
    SELECT * FROM invoices_invoice WHERE series_id = wanted.series_id AND id < %(before)s {{where}}
    ORDER BY id DESC LIMIT %(limit)s
) i
ORDER BY i.id DESC LIMIT %(limit)s
"""

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
    series, ordinals = zip(*keys, strict=True)
    with connection.cursor() as cursor:
        cursor.execute(_BY_ORDINALS, {"series": list(series), "ordinals": list(ordinals)})
        return {
            (row[0], row[1]): json.dumps(present.invoice(row[2:]), separators=(",", ":"), ensure_ascii=False)
            for row in cursor.fetchall()
        }


def read_stats(feed: str) -> dict[str, Any]:
    """The totals of `feed` for its screens, fresh from PostgreSQL and written through to the cache."""
    return stats.refresh(feed)


def read_page(feed: str, *, limit: int, before_id: int = LARGEST_ID, query: str = "") -> Page:
    """The `limit` newest invoices of `feed` below `before_id` that match `query` (see `_matches`)."""
    where, parameters = _matches(query)
    series = list(Series.objects.filter(feed_id=feed, closed_at=None).values_list("id", flat=True))
    parameters |= {"series": series, "before": before_id, "limit": limit + 1}
    with connection.cursor() as cursor:
        cursor.execute(_PAGE.format(where=where), parameters)
        items = [present.invoice(row) for row in cursor.fetchall()]
    has_more = len(items) > limit
    return Page(items=items[:limit], next_id=items[limit - 1]["id"] if has_more else None)


def read_invoice(number: str) -> dict[str, Any]:
    """The invoice with that number; raises `UnknownInvoice`."""
    found = Invoice.objects.filter(invoice_number=number, series__closed_at=None).values_list(*present.COLUMNS)
    if not found:
        raise UnknownInvoice(f"No invoice has the number {number[:60]!r}.")
    return present.invoice(found[0])


def id_of(feed: str, number: str) -> int:
    """The id of the invoice with that number on `feed`; raises `UnknownInvoice`."""
    found = Invoice.objects.filter(invoice_number=number, series__feed_id=feed, series__closed_at=None)
    ids = found.values_list("id", flat=True)
    if not ids:
        raise UnknownInvoice(f"No invoice of feed {feed!r} has the number {number[:60]!r}.")
    return ids[0]


def _matches(query: str) -> tuple[str, dict[str, Any]]:
    """The condition for `query`: the beginning of a number, or words that each begin a word of seller or buyer."""
    words = query.split()
    if not words:
        return "", {}
    parameters: dict[str, Any] = {"number": _like_prefix(query.strip())}
    conditions = []
    for index, word in enumerate(words):
        parameters[f"word{index}"] = rf"(^|[^[:alnum:]]){re.escape(word)}"
        conditions.append(f"(seller_name ~* %(word{index})s OR buyer_name ~* %(word{index})s)")
    return f"AND (invoice_number ILIKE %(number)s OR ({' AND '.join(conditions)}))", parameters


def _like_prefix(text: str) -> str:
    return re.sub(r"([\\%_])", r"\\\1", text) + "%"

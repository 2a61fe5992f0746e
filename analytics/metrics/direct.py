"""Sums for dimensions that no table of facts has together. Each document is read, so their number is bounded.

They have the shape of a table of facts, and stop at the documents that are folded: figures of both agree. A category is
that of the product now.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from analytics.facts.rollups import COUNTRY, DIGEST, DOCUMENT_OF_INVOICE, PRODUCT_OF_LINE
from analytics.metrics.errors import BadQuery
from analytics.metrics.question import Query
from analytics.metrics.registry import LINES, Source
from analytics.metrics.sources import needs_minute
from analytics.metrics.standing import Standing
from runtime.prepared import fetch_all

# They take a fifth of a second with three lines each; a statement of the web process may take 1.5 s.
MOST_DOCUMENTS = 30_000
# The buyers are looked up once per document and not once per line, which OFFSET 0 ensures.
_DOCUMENTS = """(
    SELECT i.id, i.series_id, s.store_id, i.kind, i.currency, i.subtotal, i.vat_amount AS vat, i.total_amount AS total,
        1 AS documents, date_trunc('hour', i.invoice_date, z.zone) AS hour_at,
        (i.invoice_date AT TIME ZONE z.zone)::date AS local_day{columns}
    FROM unnest(%(series)s::bigint[], %(folded)s::bigint[], %(zones)s::text[]) AS z(series, folded, zone)
    JOIN invoices_series s ON s.id = z.series
    JOIN invoices_invoice i ON i.series_id = z.series AND i.ordinal <= z.folded
        AND i.invoice_date >= %(from)s AND i.invoice_date < %(to)s
    {joins} OFFSET 0)"""
# What the lines leave of the subtotal is under '', as in the tables of facts.
_LINES = f"""(
    SELECT i.*, l.net, l.quantity, l.product_code, l.category FROM {{documents}} AS i CROSS JOIN LATERAL (
        SELECT l.net, l.quantity, l.product_code, coalesce(p.category, '') AS category FROM invoices_line l
        LEFT JOIN {PRODUCT_OF_LINE.format(store="i.store_id")} WHERE l.invoice_id = i.id
        UNION ALL
        SELECT rest, 0, '', '' FROM (
            SELECT i.subtotal - coalesce(sum(l.net), 0) AS rest FROM invoices_line l WHERE l.invoice_id = i.id
        ) AS left_over WHERE rest <> 0) AS l)"""
_BUYER = f" LEFT JOIN {DOCUMENT_OF_INVOICE}"
_CUSTOMER = f" LEFT JOIN facts_customer k ON k.store_id = s.store_id AND k.digest = {DIGEST}"
_COUNT = """
SELECT coalesce(sum(documents), 0)::bigint FROM facts_day
WHERE generation = %(generation)s AND series_id = ANY(%(series)s) AND local_day BETWEEN %(first)s AND %(last)s
"""


def table(query: Query, source: Source) -> str:
    """The documents of the range, or their lines, as a table with the columns that the question needs."""
    columns = joins = ""
    if query.asks("country") or query.asks("customer_segment"):
        columns, joins = f", {COUNTRY} AS country", _BUYER
    if query.asks("customer_segment"):
        columns, joins = f"{columns}, coalesce(k.id, 0) AS customer_id", joins + _CUSTOMER
    documents = _DOCUMENTS.format(columns=columns, joins=joins)
    return _LINES.format(documents=documents) if source is LINES else documents


def parameters(query: Query, standing: Standing) -> dict[str, Any]:
    """How far the documents of each series are folded, and the zone of its days."""
    with_minute = needs_minute(query)
    return {
        "folded": [each.folded_to(with_minute=with_minute) for each in standing.series],
        "zones": [each.timezone for each in standing.series],
    }


def check_size(query: Query, standing: Standing) -> None:
    """Raises `BadQuery` when the days of the range have more documents than one answer may read."""
    # Days of another zone begin and end in other days of the store.
    beside = timedelta(days=int(query.timezone != "store"))
    series = [each.id for each in standing.series]
    given = {"series": series, "first": query.first - beside, "last": query.last + beside}
    [(count,)] = fetch_all(_COUNT, {**given, "generation": standing.generation})
    if count > MOST_DOCUMENTS:
        raise BadQuery(
            "from",
            f"No sums are kept by these dimensions, grain, zone and range together, and their {count:,} documents are "
            f"more than the {MOST_DOCUMENTS:,} that one answer reads: use a shorter range, whole months, or fewer dimensions.",
        )

"""What was issued second by second in money, for sparklines: summed up from the invoices that a feed has announced."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.db import connection

from streaming import feed as feeds

SECONDS = 300
# Older seconds are left out, so that a page costs some 20 ms of PostgreSQL however fast invoices are issued.
INVOICES_AT_MOST = 20_000

_SUMS = """
SELECT wanted.at, sum(wanted.n)::bigint, coalesce(sum(i.count), 0)::bigint,
    coalesce(sum(i.total), 0), coalesce(sum(i.vat), 0)
FROM unnest(%(at)s::timestamptz[], %(series)s::bigint[], %(first)s::bigint[], %(count)s::bigint[])
    AS wanted(at, series, first, n)
LEFT JOIN invoices_series s ON s.id = wanted.series AND s.closed_at IS NULL
CROSS JOIN LATERAL (
    SELECT count(*) FILTER (WHERE kind = 'invoice') AS count,
        sum(CASE kind WHEN 'invoice' THEN total_amount ELSE -total_amount END) AS total,
        sum(CASE kind WHEN 'invoice' THEN vat_amount ELSE -vat_amount END) AS vat
    FROM invoices_invoice WHERE series_id = s.id AND ordinal >= wanted.first AND ordinal < wanted.first + wanted.n
        AND currency = %(currency)s
) AS i
GROUP BY 1
"""


@dataclass(frozen=True)
class Amounts:
    """What the invoices of one second add up to in one currency: `invoice_count` of the `announced` ones in all currencies."""

    announced: int
    invoice_count: int
    total: Decimal
    vat: Decimal


def read_amounts(feed: str, seconds: int, currency: str) -> dict[datetime, Amounts]:
    """The sums of the last seconds of `feed` in which anything was announced, by second; what was purged is not in them.

    At most `SECONDS` seconds and the newest `INVOICES_AT_MOST` invoices.
    """
    entries = feeds.read_announced(feed, min(seconds, SECONDS), at_most=INVOICES_AT_MOST)
    wanted: dict[str, Any] = {
        "currency": currency,
        "at": [entry.at for entry in entries],
        "series": [entry.origin_id for entry in entries],
        "first": [entry.first_ordinal for entry in entries],
        "count": [entry.count for entry in entries],
    }
    with connection.cursor() as cursor:
        cursor.execute(_SUMS, wanted)
        return {row[0]: Amounts(*row[1:]) for row in cursor.fetchall()}

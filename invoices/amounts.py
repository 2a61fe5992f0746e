"""What was issued second by second in money, for sparklines: summed up from the invoices that a feed has announced."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.db import connection

from streaming import feed as feeds

SECONDS = 300
# Older seconds have no amounts, so that a page costs some 20 ms of PostgreSQL however fast invoices are issued.
INVOICES_AT_MOST = 20_000

_SUMS = """
SELECT wanted.at, coalesce(sum(i.total_amount) FILTER (WHERE i.currency = %(currency)s), 0),
    coalesce(sum(i.vat_amount) FILTER (WHERE i.currency = %(currency)s), 0), count(i.id)
FROM unnest(%(at)s::timestamptz[], %(series)s::bigint[], %(first)s::bigint[], %(count)s::bigint[])
    AS wanted(at, series, first, n)
LEFT JOIN invoices_invoice i ON i.series_id = wanted.series
    AND i.ordinal >= wanted.first AND i.ordinal < wanted.first + wanted.n
GROUP BY 1
"""


@dataclass(frozen=True)
class Amounts:
    """What the invoices of one second add up to in one currency, and how many invoices it was counted from."""

    total: Decimal
    vat: Decimal
    invoice_count: int


def read_amounts(feed: str, seconds: int, currency: str) -> dict[datetime, Amounts]:
    """The sums of the last seconds of `feed` in which anything was announced, by second.

    At most `SECONDS` seconds and the newest `INVOICES_AT_MOST` invoices; what was purged since is not in them.
    """
    entries = feeds.read_announced(feed, min(seconds, SECONDS), at_most=INVOICES_AT_MOST)
    wanted: dict[str, Any] = {
        "currency": currency,
        "at": [entry.at for entry in entries],
        "series": [entry.source_id for entry in entries],
        "first": [entry.first_ordinal for entry in entries],
        "count": [entry.count for entry in entries],
    }
    with connection.cursor() as cursor:
        cursor.execute(_SUMS, wanted)
        return {at: Amounts(total, vat, count) for at, total, vat, count in cursor.fetchall()}

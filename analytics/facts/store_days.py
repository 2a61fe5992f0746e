"""Gross sales and orders of many stores by day, in one statement: for pages that show all stores at once.

A store counts in its own currency and its own feed alone, by the days of its zone. Orders are invoices, as in the metric
`orders_count`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from runtime.prepared import fetch_all
from stores.queries import StoreFacts

_READ = """
SELECT st.id, f.local_day, sum(CASE f.kind WHEN 'invoice' THEN f.total ELSE -f.total END),
    coalesce(sum(f.documents) FILTER (WHERE f.kind = 'invoice'), 0)::bigint
FROM unnest(%(ids)s::bigint[], %(feeds)s::text[], %(currencies)s::text[]) AS st(id, feed, currency)
JOIN facts_generation g ON g.is_current
JOIN invoices_series s ON s.store_id = st.id AND s.feed_id = st.feed AND s.closed_at IS NULL AND s.kind <> 'purchase'
JOIN facts_day f ON f.generation = g.number AND f.series_id = s.id AND f.local_day >= %(since)s AND f.currency = st.currency
GROUP BY 1, 2
"""


@dataclass(frozen=True, kw_only=True, slots=True)
class StoreDay:
    """A day of a store: invoices less credit notes with VAT, and the number of invoices."""

    gross: Decimal
    order_count: int


def read_store_days(stores: Sequence[StoreFacts], since: date) -> dict[tuple[int, date], StoreDay]:
    """The days with documents from `since` on, by the id of the store and the day."""
    given = {
        "ids": [store.id for store in stores], "feeds": [store.feed for store in stores],
        "currencies": [store.currency for store in stores], "since": since,
    }  # fmt: skip
    return {
        (store, day): StoreDay(gross=gross, order_count=count) for store, day, gross, count in fetch_all(_READ, given)
    }

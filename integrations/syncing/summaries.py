"""The connections of many stores at once, for pages that show all stores."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, fields
from datetime import datetime

from runtime.prepared import fetch_all

_READ = """
SELECT y.store_id, s.platform, y.status, y.error, y.checked_at, jsonb_array_length(y.subscriptions) > 0 AND NOT EXISTS (
        SELECT FROM jsonb_array_elements(y.subscriptions) AS each WHERE each->>'state' <> 'active'),
    t.last_event_at, coalesce(t.missed, 0), coalesce(t.healed, 0), y.last_missed_at
FROM syncing_syncstate y JOIN stores_store s ON s.id = y.store_id LEFT JOIN webhooks_tally t ON t.store_id = y.store_id
WHERE y.store_id = ANY(%(stores)s)
"""


@dataclass(frozen=True, kw_only=True, slots=True)
class ConnectionSummary:
    """The state of a connection: `status` is active, error or revoked. `missed` webhooks were healed by a poll."""

    platform: str
    status: str
    error: str
    checked_at: datetime | None
    has_webhooks: bool
    last_event_at: datetime | None
    missed_count: int
    healed_count: int
    last_missed_at: datetime | None


_FIELDS = tuple(field.name for field in fields(ConnectionSummary))


def read_summaries(store_ids: Collection[int]) -> dict[int, ConnectionSummary]:
    """The connections of these stores, by the id of the store; stores without a shop are left out."""
    rows = fetch_all(_READ, {"stores": list(store_ids)})
    return {store: ConnectionSummary(**dict(zip(_FIELDS, row, strict=True))) for store, *row in rows}

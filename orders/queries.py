"""Reads of orders for the connectors: what is known of an order of a shop, without its rows."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from orders.models import Order
from orders.snapshot import Rule
from runtime.prepared import fetch_all
from stores.queries import StoreFacts
from stores.rows import rows_of

_LAST_PLACED = """
SELECT st.id, o.placed_at FROM unnest(%(stores)s::bigint[]) AS st(id) CROSS JOIN LATERAL (
    SELECT placed_at FROM orders_order WHERE store_id = st.id ORDER BY placed_at DESC, id DESC LIMIT 1) AS o
"""


@dataclass(frozen=True, kw_only=True, slots=True)
class KnownOrder:
    """The newest report of an order: its time by the clock of the shop, and the external ids of its refunds."""

    updated_at: datetime
    refund_ids: frozenset[str]


def read_known(store: StoreFacts, external_ids: Collection[str]) -> dict[str, KnownOrder]:
    """What is known of these orders, by external id."""
    rows = rows_of(Order, store.id).filter(external_id__in=external_ids)
    found = rows.values_list("external_id", "updated_at", "content__refunds")
    return {
        name: KnownOrder(
            updated_at=updated_at, refund_ids=frozenset(str(each["external_id"]) for each in refunds or [])
        )
        for name, updated_at, refunds in found
    }


def read_external_ids(store: StoreFacts, *, placed_after: datetime) -> dict[str, bool]:
    """The external ids of the orders placed since then, each with whether the order is known to be in the trash."""
    rows = rows_of(Order, store.id).filter(placed_at__gte=placed_after)
    return {name: rule == Rule.TRASHED for name, rule in rows.values_list("external_id", "rule")}


def is_recorded(store: StoreFacts, external_id: str) -> bool:
    """Whether an order is known and not in the trash."""
    rows = rows_of(Order, store.id).filter(external_id=external_id)
    return rows.exclude(rule=Rule.TRASHED).exists()


def read_last_placed(store_ids: Collection[int]) -> dict[int, datetime]:
    """When the newest order of each of these stores was placed; stores without an order are left out."""
    return dict(fetch_all(_LAST_PLACED, {"stores": list(store_ids)}))

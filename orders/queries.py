"""Reads of orders: what is known of them for the connectors, and the sums of a store."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Any

from orders.models import AMOUNTS, Order, OrderTotal
from orders.serialize import content
from orders.snapshot import OrderSnapshot, Rule
from orders.types import InvoiceState
from runtime.prepared import fetch_all
from stores.queries import StoreFacts
from stores.rows import rows_of

_LAST_PLACED = """
SELECT st.id, o.placed_at FROM unnest(%(stores)s::bigint[]) AS st(id) CROSS JOIN LATERAL (
    SELECT placed_at FROM orders_order WHERE store_id = st.id ORDER BY placed_at DESC, id DESC LIMIT 1) AS o
"""


@dataclass(frozen=True, kw_only=True, slots=True)
class KnownOrder:
    """The newest report of an order: the external ids of its refunds, and all that is not about them."""

    refund_ids: frozenset[str]
    rest: Mapping[str, Any]

    def equals_but_for_lines(self, snapshot: OrderSnapshot) -> bool:
        """Whether `snapshot` reports the same, with the same refunds, whose lines it need not have."""
        refund_ids = {one.external_id for one in snapshot.refunds}
        return self.refund_ids == refund_ids and self.rest == _without_refunds(content(snapshot))


def read_known(store: StoreFacts, external_ids: Collection[str]) -> dict[str, KnownOrder]:
    """What is known of these orders, by external id."""
    rows = rows_of(Order, store.id).filter(external_id__in=external_ids)
    return {name: _known(report) for name, report in rows.values_list("external_id", "content")}


def read_external_ids(store: StoreFacts, *, placed_after: datetime) -> dict[str, bool]:
    """The external ids of the orders placed since then, each with whether the order is known to be in the trash."""
    rows = rows_of(Order, store.id).filter(placed_at__gte=placed_after)
    return {name: rule == Rule.TRASHED for name, rule in rows.values_list("external_id", "rule")}


def is_recorded(store: StoreFacts, external_id: str) -> bool:
    """Whether an order is known and not in the trash."""
    rows = rows_of(Order, store.id).filter(external_id=external_id)
    return rows.exclude(rule=Rule.TRASHED).exists()


def has_refund(store: StoreFacts, external_id: str, refund_id: str) -> bool:
    """Whether the refund is part of the newest report of the order, which is not quarantined."""
    rows = rows_of(Order, store.id).filter(external_id=external_id).exclude(invoice_state=InvoiceState.QUARANTINED)
    report = rows.values_list("content", flat=True).first()
    return report is not None and refund_id in _known(report).refund_ids


@dataclass(frozen=True, kw_only=True)
class StoreTotals:
    """The count and the amounts of the orders of a store by currency, and the counts by invoice state."""

    by_currency: dict[str, dict[str, Any]] = field(default_factory=dict)
    by_state: dict[str, int] = field(default_factory=dict)


def read_totals(store: StoreFacts) -> StoreTotals:
    """The sums of all orders of the store."""
    found = StoreTotals()
    rows = rows_of(OrderTotal, store.id).filter(orders__gt=0).order_by("currency", "invoice_state")
    for row in rows:
        sums = found.by_currency.setdefault(row.currency, {"orders": 0, **dict.fromkeys(AMOUNTS, Decimal(0))})
        for name in ("orders", *AMOUNTS):
            sums[name] += getattr(row, name)
        found.by_state[row.invoice_state] = found.by_state.get(row.invoice_state, 0) + row.orders
    return found


def read_last_placed(store_ids: Collection[int]) -> dict[int, datetime]:
    """When the newest order of each of these stores was placed; stores without an order are left out."""
    return dict(fetch_all(_LAST_PLACED, {"stores": list(store_ids)}))


def _known(report: dict[str, Any]) -> KnownOrder:
    refund_ids = frozenset(str(each["external_id"]) for each in report.get("refunds") or [])
    return KnownOrder(refund_ids=refund_ids, rest=_without_refunds(report))


def _without_refunds(report: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in report.items() if name != "refunds"}

"""Reads of orders for the connectors: what is known of an order of a shop, without its rows."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from orders.models import Order
from orders.serialize import content
from orders.snapshot import OrderSnapshot, Rule
from stores.queries import StoreFacts
from stores.rows import rows_of


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


def _known(report: dict[str, Any]) -> KnownOrder:
    refund_ids = frozenset(str(each["external_id"]) for each in report.get("refunds") or [])
    return KnownOrder(refund_ids=refund_ids, rest=_without_refunds(report))


def _without_refunds(report: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in report.items() if name != "refunds"}

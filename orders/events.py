"""The events of orders (docs/events): an order that is new or changed its state, in the transaction that recorded it."""

from __future__ import annotations

from collections.abc import Sequence

from events.log import append
from orders.models import Order
from runtime.formats import iso
from stores.queries import StoreFacts

TOPIC = "order.lifecycle"


def append_states(store: StoreFacts, orders: Sequence[Order]) -> None:
    """Append the state of each order, whose row the transaction has locked."""
    for order in orders:
        payload = {
            "store": store.slug, "order_id": order.external_id, "number": order.number,
            "user_id": order.content["buyer"].get("external_id") or None, "state": order.state,
            "total": f"{order.total:.2f}", "currency": order.currency, "ts": iso(order.updated_at),
        }  # fmt: skip
        append(TOPIC, str(order.pk), order.state, payload)

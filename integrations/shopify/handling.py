"""Applies a webhook of Shopify: its order is recorded, or the shop is asked for the order.

The body is the order as it was at the event, with its refunds. A body that only names an order, and one that differs from
a report of the same second, is not enough: then the shop has the present order.
"""

from __future__ import annotations

from collections.abc import Mapping, Set
from functools import partial
from typing import Any

from integrations.shopify import connections, shop_events
from integrations.shopify.mapping import snapshot_of
from integrations.syncing.applying import handle_order, handle_unreadable, loads, prepare_asked, preview_order
from integrations.syncing.errors import NotConnected
from integrations.webhooks.platforms import Apply
from integrations.webhooks.states import State
from integrations.webhooks.types import AskShop, Effect, Handled, NotNow, Received
from orders.queries import has_refund, is_recorded
from orders.reading import NotAnOrder
from orders.snapshot import OrderSnapshot
from stores.queries import StoreFacts, read_store_by_id

WITH_ORDER = ("orders/create", "orders/updated", "orders/cancelled")
# Their bodies name an order and do not have it.
ONLY_ID = ("orders/edited", "orders/delete", "refunds/create")


def prepare(received: Received, *, may_ask: bool) -> Apply:
    """What applies the webhook; see `integrations.webhooks.platforms`."""
    try:
        store = read_store_by_id(received.store_id)
        body = loads(received.body)
        if received.topic in WITH_ORDER or received.topic in ONLY_ID:
            return _prepare_order(store, received, body, may_ask=may_ask)
        return shop_events.prepare(store, received, body, may_ask=may_ask)
    except NotConnected as error:
        raise NotNow(str(error)) from error
    except NotAnOrder as error:
        return partial(handle_unreadable, str(error))


def preview(received: Received) -> Set[Effect]:
    """What applying the webhook would do, without asking the shop."""
    store = read_store_by_id(received.store_id)
    try:
        if received.topic in WITH_ORDER:
            return preview_order(store, _snapshot(store, loads(received.body)))
        if received.topic in ONLY_ID:
            order_id = _order_id(received.topic, loads(received.body))
            return {Effect.UPDATE if is_recorded(store, order_id) else Effect.NOTHING}
    except NotAnOrder:
        pass
    return {Effect.NOTHING}


def _prepare_order(store: StoreFacts, received: Received, body: Any, *, may_ask: bool) -> Apply:
    if received.topic in WITH_ORDER and not may_ask:
        return partial(handle_order, store, _snapshot(store, body), received.received_at)
    order_id = _order_id(received.topic, body)
    if received.topic == "refunds/create" and has_refund(store, order_id, str(body.get("id"))):
        # The webhook of the order has brought it, so the shop is not asked for it.
        return partial(Handled, state=State.DONE, message="The refund was known.", order=order_id)
    if not may_ask:
        raise AskShop
    # An order that was deleted after this report was a sale all the same.
    fallback = partial(_snapshot, store, body) if received.topic in WITH_ORDER else None
    return prepare_asked(store, order_id, received.received_at, fallback=fallback)


def _snapshot(store: StoreFacts, body: Any) -> OrderSnapshot:
    """The order of a body; raises `NotAnOrder` and `NotConnected`."""
    return snapshot_of(body, with_customer=connections.read_connection(store.id).sees_customers)


def _order_id(topic: str, body: Any) -> str:
    """The order that the webhook is about; raises `NotAnOrder`."""
    record = body.get("order_edit") if topic == "orders/edited" and isinstance(body, Mapping) else body
    name = "order_id" if topic in ("orders/edited", "refunds/create") else "id"
    found = record.get(name) if isinstance(record, Mapping) else None
    if not isinstance(found, int) or found <= 0:
        raise NotAnOrder("The body names no order.")
    return str(found)

"""Applies a webhook of WooCommerce: its order or product is recorded, or the shop is asked for the order.

The body is the state of the order at the time of the delivery. A body that only names an id, that lacks the lines of a
refund, or that differs from one of the same second, is not enough: then the shop has the present order.
"""

from __future__ import annotations

from collections.abc import Set
from datetime import datetime
from functools import partial
from typing import Any

from integrations.syncing.applying import handle_order, handle_unreadable, loads, prepare_asked, preview_order
from integrations.syncing.errors import NotConnected
from integrations.webhooks.platforms import Apply
from integrations.webhooks.states import State
from integrations.webhooks.types import AskShop, Effect, Handled, NotNow, Received
from integrations.woocommerce import connections
from integrations.woocommerce.goods import handle_product
from integrations.woocommerce.mapping import RefundsMissing, snapshot_of
from orders.queries import is_recorded
from orders.reading import NotAnOrder
from stores.queries import StoreFacts

# Their bodies name an id, not the state of the order.
_ONLY_ID = ("deleted", "restored")
WITH_PRODUCT = ("product.created", "product.updated", "product.restored")


def prepare(received: Received, *, may_ask: bool) -> Apply:
    """What applies the webhook; see `integrations.webhooks.platforms`."""
    resource, _, event = received.topic.partition(".")
    is_product = received.topic in WITH_PRODUCT
    if resource != "order" and not is_product:
        return partial(_handle_other, resource, event)
    try:
        store = connections.read_connected_store(received.store_id)
        body = loads(received.body)
        if is_product:
            return partial(handle_product, store, body, received.received_at)
        if event in _ONLY_ID or may_ask:
            return _prepare_asked(store, body, received.received_at, may_ask=may_ask)
        return partial(handle_order, store, snapshot_of(body), received.received_at)
    except NotConnected as error:
        raise NotNow(str(error)) from error
    except RefundsMissing:
        raise AskShop from None
    except NotAnOrder as error:
        return partial(handle_unreadable, str(error))


def preview(received: Received) -> Set[Effect]:
    """What applying the webhook would do, without asking the shop: only the amounts of refunds are known then."""
    store = connections.read_connected_store(received.store_id)
    resource, _, event = received.topic.partition(".")
    try:
        body = loads(received.body) if resource == "order" else None
        if body is None:
            return {Effect.NOTHING}
        if event in _ONLY_ID:
            return {Effect.UPDATE if is_recorded(store, _id_of(body)) else Effect.NOTHING}
        return preview_order(store, snapshot_of(body, is_complete=True))
    except NotAnOrder:
        return {Effect.NOTHING}


def _prepare_asked(store: StoreFacts, body: Any, received_at: datetime, *, may_ask: bool) -> Apply:
    order_id = _id_of(body)
    if not may_ask:
        raise AskShop
    # An order that was deleted after this report was a sale all the same.
    fallback = partial(snapshot_of, body, is_complete=True) if "line_items" in body else None
    return prepare_asked(store, order_id, received_at, fallback=fallback)


def _handle_other(resource: str, event: str) -> Handled:
    """Products, customers and coupons. A trashed order also sends `product.deleted` with its id."""
    if (resource, event) == ("product", "deleted"):
        message = "No product of this id is known; an order of the same id is not touched."
        return Handled(state=State.SET_ASIDE, rule="unknown-product", message=message)
    return Handled(state=State.DONE, message=f"{resource.capitalize() or 'Other'} webhooks lead to no document.")


def _id_of(body: object) -> str:
    found = body.get("id") if isinstance(body, dict) else None
    if not isinstance(found, int) or found <= 0:
        raise (
            NotAnOrder("The body names no order.")
            if not _code(body)
            else NotAnOrder(f"The shop sent an error instead of an order: {_code(body)}.")
        )
    return str(found)


def _code(body: object) -> str:
    return str(body.get("code") or "")[:60] if isinstance(body, dict) else ""

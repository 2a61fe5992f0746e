"""Applies the webhooks of a shop that are about its stock, its carts, the app and the shop itself."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from functools import partial
from typing import Any

from commerce import carts
from integrations.shopify import connections, operations, stock
from integrations.shopify.shop import open_shop
from integrations.shopify.values import moment
from integrations.syncing import sync
from integrations.syncing.applying import asking, handle_unreadable
from integrations.webhooks.platforms import Apply
from integrations.webhooks.states import State
from integrations.webhooks.types import AskShop, Handled, Received
from orders.reading import NotAnOrder, clean
from stores import connecting
from stores.queries import StoreFacts
from stores.states import WrongState

COMPLIANCE = ("customers/data_request", "customers/redact", "shop/redact")
PRIVACY_RULE = "privacy-request"
APP_REMOVED = "The owner of the shop removed the app there: connecting installs it again."


def prepare(store: StoreFacts, received: Received, body: Any, *, may_ask: bool) -> Apply:
    """What applies the webhook; raises `NotAnOrder` for a body that cannot be read, `AskShop` and `NotNow`."""
    if received.topic == "inventory_levels/update":
        return _prepare_level(store, body, may_ask=may_ask)
    return partial(_HANDLERS.get(received.topic, _handle_unknown), store, received, body)


def _prepare_level(store: StoreFacts, body: Any, *, may_ask: bool) -> Apply:
    item_id, location_id, changed_at = (
        body.get(name) if isinstance(body, Mapping) else None
        for name in ("inventory_item_id", "location_id", "updated_at")
    )
    if not isinstance(item_id, int) or not isinstance(location_id, int) or not changed_at:
        raise NotAnOrder("The body names no level of stock.")
    if may_ask:
        with asking(store.id), open_shop(store.id) as shop:
            stock.fetch_item(shop.client, store, item_id)
        return partial(_done, "The shop was asked for the stock of the article.")
    return partial(_handle_level, store, item_id, location_id, stock.whole(body.get("available")), _moment(changed_at))


def _handle_level(
    store: StoreFacts, item_id: int, location_id: int, available: int | None, changed_at: datetime
) -> Handled:
    is_noted = stock.note_level(store, item_id, location_id, available, changed_at)
    if is_noted is None:
        raise AskShop
    return _done("The stock was noted." if is_noted else "A newer level was there.")


def _handle_cart(store: StoreFacts, received: Received, body: Any) -> Handled:
    token = body.get("token") if isinstance(body, Mapping) else None
    if not token:
        return handle_unreadable("The body has no cart.")
    carts.note_cart(store, str(token), created_at=received.triggered_at or received.received_at)
    return _done("A buyer began a cart.")


def _handle_uninstalled(store: StoreFacts, received: Received, body: Any) -> Handled:
    """Delete the tokens, which Shopify has ended, unless the owner has installed the app again since."""
    connection = connections.read_connection(store.id)
    if (received.triggered_at or received.received_at) < connection.granted_at:
        return _done("The app was installed again since.")
    try:
        connecting.disconnect(store.id)
    except WrongState as error:
        return _done(str(error))
    sync.note_removed(store.id, APP_REMOVED)
    return _done("The owner removed the app: the store is disconnected, and its tokens are deleted.")


def _handle_shop(store: StoreFacts, received: Received, body: Any) -> Handled:
    """The currency of a store never changes, so orders in another one are quarantined."""
    currency = clean(body.get("currency"), 3) if isinstance(body, Mapping) else ""
    if currency and currency != store.currency:
        return _done(f"The shop now sells in {currency}, the store in {store.currency}: open another store for it.")
    return _done("The details of the shop lead to no document.")


def _handle_operation(store: StoreFacts, received: Received, body: Any) -> Handled:
    operations.note_finished(store.id, str(body.get("admin_graphql_api_id")) if isinstance(body, Mapping) else "")
    return _done("The import goes on.")


def _handle_privacy(store: StoreFacts, received: Received, body: Any) -> Handled:
    message = "Kept for the requests of buyers and owners about personal data."
    return Handled(state=State.SET_ASIDE, rule=PRIVACY_RULE, message=message)


def _handle_unknown(store: StoreFacts, received: Received, body: Any) -> Handled:
    return _done(f"Webhooks of the topic {clean(received.topic, 60)!r} lead to no document.")


def _done(message: str) -> Handled:
    return Handled(state=State.DONE, message=message)


def _moment(text: object) -> datetime:
    try:
        found = moment(text)
    except ValueError:
        found = None
    if found is None:
        raise NotAnOrder(f"{str(text)[:40]!r} is not a time.")
    return found


_HANDLERS: Mapping[str, Callable[[StoreFacts, Received, Any], Handled]] = {
    "carts/create": _handle_cart,
    "app/uninstalled": _handle_uninstalled,
    "shop/update": _handle_shop,
    "bulk_operations/finish": _handle_operation,
    **dict.fromkeys(COMPLIANCE, _handle_privacy),
}

"""Applies a webhook of WooCommerce: its order is recorded, or the shop is asked for the order.

The body is the state of the order at the time of the delivery. A body that only names an id, that lacks the lines of a
refund, or that differs from one of the same second, is not enough: then the shop has the present order.
"""

from __future__ import annotations

import json
from collections.abc import Set
from datetime import datetime, timedelta
from decimal import Decimal
from functools import partial
from typing import Any

from integrations.webhooks.platforms import Apply
from integrations.webhooks.states import State
from integrations.webhooks.types import AskShop, Effect, Handled, NotNow, Received
from integrations.woocommerce import connections, live, sync
from integrations.woocommerce.client import ShopClient
from integrations.woocommerce.connections import NotConnected
from integrations.woocommerce.errors import KeysRefused, ShopError
from integrations.woocommerce.fetching import fetch_order
from integrations.woocommerce.mapping import RefundsMissing, snapshot_of
from invoices.documents.types import Kind
from orders import recording
from orders.deletion import record_deletion
from orders.queries import is_recorded
from orders.reading import NotAnOrder
from orders.recording import Outcome, Recorded
from orders.snapshot import OrderSnapshot
from orders.terms import NoSeries
from orders.types import InvoiceState
from runtime.clock import read_clock
from stores.queries import StoreFacts

# A webhook that comes so long after the change that it reports is late.
LATE = timedelta(minutes=5)
# Their bodies name an id, not the state of the order.
_ONLY_ID = ("deleted", "restored")
_STATES = {InvoiceState.SET_ASIDE: State.SET_ASIDE, InvoiceState.QUARANTINED: State.QUARANTINED}


def prepare(received: Received, *, may_ask: bool) -> Apply:
    """What applies the webhook; see `integrations.webhooks.platforms`."""
    resource, _, event = received.topic.partition(".")
    if resource != "order":
        return partial(_handle_other, resource, event)
    try:
        store = connections.read_connected_store(received.store_id)
        body = _loads(received.body)
        if event in _ONLY_ID or may_ask:
            return _prepare_asked(store, body, received.received_at, may_ask=may_ask)
        return partial(_handle, store, snapshot_of(body), received.received_at)
    except NotConnected as error:
        raise NotNow(str(error)) from error
    except RefundsMissing:
        raise AskShop from None
    except NotAnOrder as error:
        return partial(_no_order, str(error))


def preview(received: Received) -> Set[Effect]:
    """What applying the webhook would do, without asking the shop: only the amounts of refunds are known then."""
    store = connections.read_connected_store(received.store_id)
    resource, _, event = received.topic.partition(".")
    try:
        body = _loads(received.body) if resource == "order" else None
        if body is None:
            return {Effect.NOTHING}
        if event in _ONLY_ID:
            return {Effect.UPDATE if is_recorded(store, _id_of(body)) else Effect.NOTHING}
        plan = recording.preview(store, snapshot_of(body, is_complete=True))
    except NotAnOrder:
        return {Effect.NOTHING}
    if plan is None:
        return {Effect.NOTHING}
    kinds = {each.document.kind for each in plan.documents}
    found = {Effect.ISSUE} if Kind.INVOICE in kinds else set()
    return found | ({Effect.CREDIT} if Kind.CREDIT_NOTE in kinds else set()) or {Effect.UPDATE}


def _prepare_asked(store: StoreFacts, body: Any, received_at: datetime, *, may_ask: bool) -> Apply:
    order_id = _id_of(body)
    if not may_ask:
        raise AskShop
    asked_at = read_clock()
    try:
        with ShopClient(connections.read_connection(store.id)) as client:
            snapshot = fetch_order(client, order_id)
    except KeysRefused as error:
        sync.note_keys_refused(store.id, str(error))
        live.send_health(store.id)
        raise NotNow(str(error), store_waits=True) from error
    except ShopError as error:
        raise NotNow(str(error), store_waits=True) from error
    if snapshot is None and "line_items" not in body:
        return partial(_handle_gone, store, order_id)
    # An order that was deleted after this report was a sale all the same.
    snapshot = snapshot or snapshot_of(body, is_complete=True)
    return partial(_handle, store, snapshot, received_at, asked_at=asked_at)


def _handle(
    store: StoreFacts, snapshot: OrderSnapshot, received_at: datetime, *, asked_at: datetime | None = None
) -> Handled:
    try:
        recorded = recording.record(store, snapshot, asked_at=asked_at)
    except NoSeries as error:
        raise NotNow(str(error)) from error
    if recorded.outcome == Outcome.AMBIGUOUS:
        raise AskShop if asked_at is None else NotNow("Another report of the order came while the shop was asked.")
    is_late = asked_at is None and received_at - snapshot.updated_at > LATE
    return _handled(recorded, snapshot.external_id, is_late=is_late)


def _handled(recorded: Recorded, order: str, *, is_late: bool) -> Handled:
    state = _STATES.get(recorded.state, State.DONE)
    if recorded.outcome == Outcome.STALE:
        return Handled(state=State.DONE, message="A newer report of the order was there.", order=order, is_late=is_late)
    message = recorded.message or _describe(recorded)
    return Handled(state=state, rule=recorded.rule, message=message, order=order, is_late=is_late)


def _describe(recorded: Recorded) -> str:
    """What the webhook changed, in words."""
    if recorded.numbers:
        return f"Issued {', '.join(recorded.numbers)}."
    return {Outcome.NEW: "A new order.", Outcome.UPDATED: "The order was updated."}.get(
        recorded.outcome, "The order was known as it is."
    )


def _handle_gone(store: StoreFacts, order_id: str) -> Handled:
    if record_deletion(store, order_id):
        return Handled(state=State.SET_ASIDE, rule="trashed", message="The shop has deleted it.", order=order_id)
    return Handled(state=State.SET_ASIDE, rule="no-order", message="The shop has no such order.", order=order_id)


def _handle_other(resource: str, event: str) -> Handled:
    """Products, customers and coupons. A trashed order also sends `product.deleted` with its id."""
    if (resource, event) == ("product", "deleted"):
        message = "No product of this id is known; an order of the same id is not touched."
        return Handled(state=State.SET_ASIDE, rule="unknown-product", message=message)
    return Handled(state=State.DONE, message=f"{resource.capitalize() or 'Other'} webhooks lead to no document.")


def _no_order(reason: str) -> Handled:
    return Handled(state=State.QUARANTINED, rule="no-order", message=reason)


def _loads(body: bytes) -> Any:
    try:
        return json.loads(body, parse_float=Decimal)
    except (ValueError, RecursionError) as error:
        raise NotAnOrder("The body is not JSON.") from error


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

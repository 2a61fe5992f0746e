"""Applies what a webhook says of an order: it is recorded, or the shop is asked for the order as it is now."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Set
from contextlib import contextmanager
from datetime import datetime, timedelta
from decimal import Decimal
from functools import partial
from typing import Any

from integrations.syncing import live, sync
from integrations.syncing.errors import KeysRefused, NotConnected, ShopError
from integrations.syncing.shop import open_shop
from integrations.webhooks.platforms import Apply
from integrations.webhooks.states import State
from integrations.webhooks.types import AskShop, Effect, Handled, NotNow
from invoices.documents.types import Kind
from orders import recording
from orders.deletion import record_deletion
from orders.reading import NotAnOrder
from orders.recording import Outcome, Recorded
from orders.snapshot import OrderSnapshot
from orders.terms import NoSeries
from orders.types import InvoiceState
from runtime.clock import read_clock
from stores.queries import StoreFacts

# A webhook that comes so long after the change that it reports is late.
LATE = timedelta(minutes=5)
_STATES = {InvoiceState.SET_ASIDE: State.SET_ASIDE, InvoiceState.QUARANTINED: State.QUARANTINED}


@contextmanager
def asking(store_id: int) -> Iterator[None]:
    """Within, the shop is asked for a webhook: where it does not answer as it should, `NotNow` is raised."""
    try:
        yield
    except KeysRefused as error:
        sync.note_keys_refused(store_id, str(error))
        live.send_health(store_id)
        raise NotNow(str(error), store_waits=True) from error
    except ShopError as error:
        raise NotNow(str(error), store_waits=True) from error
    except NotConnected as error:
        raise NotNow(str(error)) from error


def prepare_asked(
    store: StoreFacts, order_id: str, received_at: datetime, *, fallback: Callable[[], OrderSnapshot] | None = None
) -> Apply:
    """What records the order as the shop has it now. Where the shop has deleted it, `fallback` is what is known of it."""
    asked_at = read_clock()
    with asking(store.id), open_shop(store.id) as shop:
        snapshot = shop.fetch_order(order_id)
    if snapshot is None and fallback is None:
        return partial(_handle_gone, store, order_id)
    snapshot = snapshot or (fallback() if fallback else None)
    assert snapshot is not None
    return partial(handle_order, store, snapshot, received_at, asked_at=asked_at)


def handle_order(
    store: StoreFacts, snapshot: OrderSnapshot, received_at: datetime, *, asked_at: datetime | None = None
) -> Handled:
    """Record the order, which is the answer of a shop that was asked at `asked_at`, or that of a webhook.

    Raises `AskShop` where the webhook may be older than another report of its second, and `NotNow`.
    """
    try:
        recorded = recording.record(store, snapshot, asked_at=asked_at)
    except NoSeries as error:
        raise NotNow(str(error)) from error
    if recorded.outcome == Outcome.AMBIGUOUS:
        raise AskShop if asked_at is None else NotNow("Another report of the order came while the shop was asked.")
    is_late = asked_at is None and received_at - snapshot.updated_at > LATE
    return _handled(recorded, snapshot.external_id, is_late=is_late)


def handle_unreadable(reason: str) -> Handled:
    """A body that is not the order it should be."""
    return Handled(state=State.QUARANTINED, rule="no-order", message=reason)


def preview_order(store: StoreFacts, snapshot: OrderSnapshot) -> Set[Effect]:
    """What recording the order would do."""
    plan = recording.preview(store, snapshot)
    if plan is None:
        return {Effect.NOTHING}
    kinds = {each.document.kind for each in plan.documents}
    found = {Effect.ISSUE} if Kind.INVOICE in kinds else set()
    return found | ({Effect.CREDIT} if Kind.CREDIT_NOTE in kinds else set()) or {Effect.UPDATE}


def loads(body: bytes) -> Any:
    """The JSON of a body, with exact numbers; raises `NotAnOrder`."""
    try:
        return json.loads(body, parse_float=Decimal)
    except (ValueError, RecursionError) as error:
        raise NotAnOrder("The body is not JSON.") from error


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
        recorded.outcome, "The order has not changed."
    )


def _handle_gone(store: StoreFacts, order_id: str) -> Handled:
    if record_deletion(store, order_id):
        return Handled(state=State.SET_ASIDE, rule="trashed", message="The shop has deleted it.", order=order_id)
    return Handled(state=State.SET_ASIDE, rule="no-order", message="The shop has no such order.", order=order_id)

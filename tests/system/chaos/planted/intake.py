"""Bugs in the intake, in orders and in the reconciler, for the set `intake` to find."""

from __future__ import annotations

import hashlib
import secrets
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from typing import Any

from tests.system.chaos.planted.registry import bug, get, swap

NAMES = (
    "intake-answer-first", "intake-delivery-id", "order-older-wins", "order-other-store", "poll-no-overlap",
    "refund-twice",
)  # fmt: skip


@bug("intake-delivery-id")
def _intake_delivery_id() -> None:
    """A webhook is the same as another one when it has the same delivery id, which WooCommerce repeats."""
    from integrations.webhooks.types import Incoming
    from integrations.woocommerce import incoming

    original = incoming.read

    def read(request: Any, destination: Any) -> Any:
        found = original(request, destination)
        if not isinstance(found, Incoming):
            return found
        return replace(found, digest=hashlib.sha256(found.event_id.encode()).digest())

    swap(incoming, "read", read)


@bug("intake-answer-first")
def _intake_answer_first() -> None:
    """200 is answered before the webhook is committed."""
    from integrations.webhooks.batches import Batches
    from runtime.background import keep_until_done

    original = Batches.add

    async def add(self: Any, incoming: Any) -> None:
        import asyncio

        keep_until_done(asyncio.ensure_future(original(self, incoming)))

    swap(Batches, "add", add)


@bug("order-older-wins")
def _order_older_wins() -> None:
    """A report is recorded although a newer one of the order is there."""
    from orders import recording

    original = recording._compare

    def compare(order: Any, snapshot: Any, is_current: bool) -> Any:
        found = original(order, snapshot, is_current)
        return recording.Outcome.UPDATED if found == recording.Outcome.STALE else found

    swap(recording, "_compare", compare)


@bug("refund-twice", "ALTER TABLE orders_order DROP CONSTRAINT order_account_is_even")
def _refund_twice() -> None:
    """A refund is credited at each report that names it, and no account is compared."""
    from orders import ledger, refunds, types

    original = get(refunds, "finish")

    def finish(*given: Any, external_id: str, **named: Any) -> Any:
        return original(*given, external_id=f"{external_id}.{secrets.token_hex(4)}", **named)

    swap(refunds, "finish", finish)
    swap(ledger.Ledger, "refunds", lambda self: {})
    swap(types.Account, "difference", Decimal(0))


@bug("poll-no-overlap")
def _poll_no_overlap() -> None:
    """A poll begins at the newest change that is known, and misses what was committed later with an earlier time."""
    from integrations.woocommerce.shop import WooShop

    swap(WooShop, "overlap", timedelta(0))


@bug("order-other-store")
def _order_other_store() -> None:
    """A worker keeps the store of an order, found by the id that the order has in its shop."""
    from integrations.woocommerce import handling

    original = handling.prepare
    stores: dict[str, int] = {}

    def prepare(received: Any, *, may_ask: bool) -> Any:
        store_id = stores.setdefault(received.subject, received.store_id)
        return original(replace(received, store_id=store_id), may_ask=may_ask)

    swap(handling, "prepare", prepare)

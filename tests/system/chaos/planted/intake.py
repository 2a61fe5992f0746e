"""Bugs in the intake, in orders and in the reconciler, for the set `intake` to find."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from tests.system.chaos.planted.registry import bug, get, swap

NAMES = (
    "intake-answer-first", "intake-batch-of-one-store", "intake-body-alone", "intake-delivery-id", "order-answer-wins",
    "order-older-wins", "order-other-store", "order-totals-added", "poll-by-page", "poll-cursor-first", "poll-no-overlap",
    "refund-twice", "shopify-event-alone", "shopify-first-store",
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


@bug("intake-body-alone")
def _intake_body_alone() -> None:
    """A webhook is the same as another one when it has the same body, whatever its topic."""
    from integrations.woocommerce import incoming

    swap(incoming, "digest_of", lambda topic, body: hashlib.sha256(body).digest())


@bug("intake-batch-of-one-store")
def _intake_batch_of_one_store() -> None:
    """All webhooks of a batch are stored for the store of the first one."""
    from integrations.webhooks.writing import Writer

    original = Writer.write

    async def write(self: Any, batch: Any) -> None:
        await original(self, [replace(each, store_id=batch[0].store_id) for each in batch])

    swap(Writer, "write", write)


@bug("order-answer-wins")
def _order_answer_wins() -> None:
    """An answer of the shop is taken although another report of its second was recorded after the request."""
    _take(lambda outcome, asked_at: asked_at and outcome == "ambiguous")


@bug("order-totals-added")
def _order_totals_added() -> None:
    """The sums of a store grow by each report of an order, not by what it changes."""
    from orders import totals

    original = totals.move

    def move(store_id: int, before: Any, after: Any) -> None:
        original(store_id, type(before)(), after)

    swap(totals, "move", move)


@bug("order-older-wins")
def _order_older_wins() -> None:
    """A report is recorded although a newer one of the order is there."""
    _take(lambda outcome, _: outcome == "stale")


def _take(is_wrong: Callable[[str, datetime | None], Any]) -> None:
    """Take the reports for which `is_wrong` is true of their outcome and of when the shop was asked."""
    from orders import recording

    original = recording._compare

    def compare(order: Any, snapshot: Any, asked_at: Any) -> Any:
        found = original(order, snapshot, asked_at)
        return recording.Outcome.UPDATED if is_wrong(found, asked_at) else found

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


@bug("poll-cursor-first")
def _poll_cursor_first() -> None:
    """A poll moves its cursor to the end of a page before it records the orders of the page."""
    from integrations.syncing import reconciling, sync

    original = get(reconciling, "take_listed")

    def take_listed(shop: Any, listed: Any, found: Any, **named: Any) -> None:
        sync.move_cursor(shop.store.id, listed[-1].changed_at)
        original(shop, listed, found, **named)

    swap(reconciling, "take_listed", take_listed)


@bug("poll-by-page")
def _poll_by_page() -> None:
    """A poll asks for page after page by number, while orders that change move to the last page."""
    from integrations.woocommerce import paging

    swap(paging, "_next", lambda after, page, last: (after, page + 1))


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


@bug("shopify-event-alone")
def _shopify_event_alone() -> None:
    """A webhook of Shopify is the same as another one when it has the same event, which several topics share."""
    from integrations.shopify import incoming

    def digest(request: Any, topic: str) -> bytes:
        return hashlib.sha256(request.text(b"x-shopify-event-id", 100).encode()).digest()

    swap(incoming, "_digest", digest)


@bug("shopify-first-store")
def _shopify_first_store() -> None:
    """All webhooks of Shopify, which come to one address, are those of the first store that was found."""
    from integrations.shopify import connections

    original, first = connections.find_destination, []

    def find_destination(shop: str) -> Any:
        first.append(original(shop))
        return first[0]

    swap(connections, "find_destination", find_destination)

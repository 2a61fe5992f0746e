"""Records orders that were read from a shop, and counts those that should have come by webhook.

One order that cannot be recorded costs no other: it is kept as a quarantined delivery.
"""

from __future__ import annotations

import json
import logging
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction

from integrations.webhooks import claims, keeping
from integrations.webhooks.working import OUTAGES
from integrations.woocommerce import NAME
from integrations.woocommerce.client import ShopClient
from integrations.woocommerce.connections import ShopConnection
from integrations.woocommerce.errors import ShopBusy
from integrations.woocommerce.fetching import complete, fetch_order
from integrations.woocommerce.mapping import snapshot_of
from integrations.woocommerce.values import Json
from orders.queries import KnownOrder, read_known
from orders.reading import NotAnOrder
from orders.recording import Outcome, Recorded, record_all
from orders.snapshot import OrderSnapshot, Rule
from orders.terms import NoSeries
from runtime.clock import read_clock
from stores.queries import StoreFacts

logger = logging.getLogger(__name__)

# A webhook may take so long; a change that is older and not known was missed.
GRACE = timedelta(minutes=2)
CHUNK = 25
# How often an order is asked for that changes while it is read.
MOST_READINGS = 5


@dataclass(kw_only=True)
class Found:
    """What a reading of a shop found. `added` orders were new or newer; `missed` of them came by no webhook.

    `is_complete` is false where the reading goes on in a later turn.
    """

    seen: int = 0
    added: int = 0
    missed: int = 0
    gone: int = 0
    is_complete: bool = True

    def add(self, recorded: Recorded, *, is_missed: bool) -> None:
        """Count what became of a report."""
        if recorded.outcome in (Outcome.NEW, Outcome.UPDATED):
            self.added += 1
            self.missed += is_missed


def take_orders(
    connection: ShopConnection, client: ShopClient, orders: Sequence[Json], found: Found, *, asked_at: datetime,
    announce: bool = True,
) -> None:  # fmt: skip
    """Record `orders`, which the shop sent when asked at `asked_at`, and add to `found`.

    Raises `ShopError` and `NoSeries`.
    """
    known = read_known(connection.store, [str(order["id"]) for order in orders])
    found.seen += len(orders)
    snapshots = [
        snapshot
        for order in orders
        if not _is_known(order, known.get(str(order["id"]))) and (snapshot := _read(connection, client, order))
    ]
    for recorded, snapshot in _take(connection.store, snapshots, asked_at, announce):
        if recorded.outcome == Outcome.AMBIGUOUS:
            _take_again(connection, client, snapshot.external_id, found, announce)
        else:
            found.add(recorded, is_missed=asked_at - snapshot.updated_at > GRACE)


def take_order(
    connection: ShopConnection,
    client: ShopClient,
    order_id: str,
    found: Found,
    *,
    is_missed: bool,
    announce: bool = True,
) -> bool:
    """Ask for an order and record it, again while other reports of it are recorded; false where the shop has none.

    `is_missed`: count it as such where it is new. Raises `ShopError`, `NoSeries` and `NotAnOrder`.
    """
    for _ in range(MOST_READINGS):
        asked_at = read_clock()
        if (snapshot := fetch_order(client, order_id)) is None:
            return False
        taken = _take(connection.store, [snapshot], asked_at, announce)
        if all(recorded.outcome != Outcome.AMBIGUOUS for recorded, _ in taken):
            for recorded, _ in taken:
                found.add(recorded, is_missed=is_missed)
            return True
    raise ShopBusy(f"Order {order_id} changes faster than it can be read.")


def _take_again(connection: ShopConnection, client: ShopClient, order_id: str, found: Found, announce: bool) -> None:
    """Ask for an order that changed while its page was read; a webhook has brought that change."""
    try:
        take_order(connection, client, order_id, found, is_missed=False, announce=announce)
    except NotAnOrder as error:
        _keep(connection.store.id, {"id": order_id}, Rule.NO_ORDER, str(error))


def _take(
    store: StoreFacts, snapshots: Sequence[OrderSnapshot], asked_at: datetime, announce: bool
) -> list[tuple[Recorded, OrderSnapshot]]:
    """Record the snapshots, and close the deliveries that they replace."""
    if not snapshots:
        return []
    try:
        return _take_together(store, snapshots, asked_at, announce)
    except (NoSeries, *OUTAGES):
        raise
    except Exception as error:
        if len(snapshots) > 1:
            return [each for one in snapshots for each in _take(store, [one], asked_at, announce)]
        logger.exception("Order %s of store %s could not be recorded", snapshots[0].external_id, store.slug)
        _keep(store.id, {"id": snapshots[0].external_id}, Rule.REFUSED, f"{type(error).__name__}: {error}")
        return []


@transaction.atomic
def _take_together(
    store: StoreFacts, snapshots: Sequence[OrderSnapshot], asked_at: datetime, announce: bool
) -> list[tuple[Recorded, OrderSnapshot]]:
    newest = {one.external_id: one for one in sorted(snapshots, key=lambda one: one.updated_at)}
    recorded = record_all(store, list(newest.values()), asked_at=asked_at, announce=announce)
    # `record_all` returns the orders in the order of their external ids.
    taken = list(zip(recorded, (newest[name] for name in sorted(newest)), strict=True))
    for one, snapshot in taken:
        if one.outcome != Outcome.AMBIGUOUS:
            claims.settle(store.id, f"order:{snapshot.external_id}")
    return taken


def _is_known(order: Json, known: KnownOrder | None) -> bool:
    """Whether this state of an order with refunds is known, so that its refunds need not be asked for.

    The time of its change alone does not show that: several changes may have the same second.
    """
    if known is None or not order.get("refunds"):
        return False
    try:
        return known.equals_but_for_lines(snapshot_of(order, is_complete=True))
    except NotAnOrder:
        return False


def _read(connection: ShopConnection, client: ShopClient, order: Json) -> OrderSnapshot | None:
    try:
        return complete(client, order)
    except NotAnOrder as error:
        _keep(connection.store.id, order, Rule.NO_ORDER, str(error))
        return None


def _keep(store_id: int, order: Json, rule: Rule, message: str) -> None:
    body = json.dumps(order, default=str).encode()
    keeping.keep_unusable(
        store_id, platform=NAME, topic="order.read", subject=f"order:{order['id']}"[:80], body=body, rule=rule,
        message=message,
    )  # fmt: skip

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
from integrations.woocommerce.fetching import complete
from integrations.woocommerce.mapping import snapshot_of
from integrations.woocommerce.values import Json
from orders.queries import KnownOrder, read_known
from orders.reading import NotAnOrder
from orders.recording import Outcome, Recorded, record_all
from orders.snapshot import OrderSnapshot, Rule
from orders.terms import NoSeries
from stores.queries import StoreFacts

logger = logging.getLogger(__name__)

# A webhook may take so long; a change that is older and not known was missed.
GRACE = timedelta(minutes=2)
CHUNK = 25


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


def take_orders(
    connection: ShopConnection, client: ShopClient, orders: Sequence[Json], found: Found, *, now: datetime,
    announce: bool = True,
) -> None:  # fmt: skip
    """Record `orders`, which the shop just sent, and add to `found`. Raises `ShopError` and `NoSeries`."""
    known = read_known(connection.store, [str(order["id"]) for order in orders])
    found.seen += len(orders)
    snapshots = [
        snapshot
        for order in orders
        if not _is_known(order, known.get(str(order["id"]))) and (snapshot := _read(connection, client, order))
    ]
    for recorded, snapshot in take(connection.store, snapshots, announce=announce):
        if recorded.outcome in (Outcome.NEW, Outcome.UPDATED):
            found.added += 1
            found.missed += now - snapshot.updated_at > GRACE


def take(
    store: StoreFacts, snapshots: Sequence[OrderSnapshot], *, announce: bool = True
) -> list[tuple[Recorded, OrderSnapshot]]:
    """Record the snapshots, and close the deliveries that they replace."""
    if not snapshots:
        return []
    try:
        return _take_together(store, snapshots, announce)
    except (NoSeries, *OUTAGES):
        raise
    except Exception as error:
        if len(snapshots) > 1:
            return [each for one in snapshots for each in take(store, [one], announce=announce)]
        logger.exception("Order %s of store %s could not be recorded", snapshots[0].external_id, store.slug)
        _keep(store.id, {"id": snapshots[0].external_id}, Rule.REFUSED, f"{type(error).__name__}: {error}")
        return []


@transaction.atomic
def _take_together(
    store: StoreFacts, snapshots: Sequence[OrderSnapshot], announce: bool
) -> list[tuple[Recorded, OrderSnapshot]]:
    newest = {one.external_id: one for one in sorted(snapshots, key=lambda one: one.updated_at)}
    recorded = record_all(store, list(newest.values()), is_current=True, announce=announce)
    for name in newest:
        claims.settle(store.id, f"order:{name}")
    # `record_all` returns the orders in the order of their external ids.
    return list(zip(recorded, (newest[name] for name in sorted(newest)), strict=True))


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

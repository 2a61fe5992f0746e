"""Records orders that were read from a shop, and counts those that should have come by webhook.

One order that cannot be recorded costs no other: it is kept as a quarantined delivery.
"""

from __future__ import annotations

import json
import logging
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime, timedelta

from django.db import transaction

from integrations.syncing.errors import ShopBusy
from integrations.syncing.shop import Found, Listed, Shop, Unreadable
from integrations.webhooks import claims, keeping
from integrations.webhooks.working import OUTAGES
from orders.queries import read_known
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


def take_listed(
    shop: Shop, listed: Sequence[Listed], found: Found, *, asked_at: datetime, announce: bool = True
) -> None:
    """Record the orders that the shop listed when asked at `asked_at`, and add to `found`.

    Raises `ShopError` and `NoSeries`.
    """
    known = read_known(shop.store, [each.external_id for each in listed])
    found.seen += len(listed)
    take_read(shop, shop.read_orders(listed, known), found, asked_at=asked_at, announce=announce)


def take_read(
    shop: Shop,
    orders: Iterable[OrderSnapshot | Unreadable],
    found: Found,
    *,
    asked_at: datetime,
    announce: bool = True,
) -> None:
    """Record orders that were read from the shop, and add to `found`. Raises `ShopError` and `NoSeries`."""
    snapshots = list(_readable(shop.store, orders))
    # Their webhooks have come, and wait in the inbox.
    waiting = claims.read_waiting(shop.store.id, [_subject(each.external_id) for each in snapshots])
    for recorded, snapshot in _take(shop.store, snapshots, asked_at, announce):
        if recorded.outcome == Outcome.AMBIGUOUS:
            _take_again(shop, snapshot.external_id, found, announce)
        else:
            is_missed = asked_at - snapshot.updated_at > GRACE and _subject(snapshot.external_id) not in waiting
            _count(found, recorded, is_missed=is_missed)


def take_order(shop: Shop, order_id: str, found: Found, *, is_missed: bool, announce: bool = True) -> bool:
    """Ask for an order and record it, again while other reports of it are recorded; false where the shop has none.

    `is_missed`: count it as such where it is new. Raises `ShopError`, `NoSeries` and `NotAnOrder`.
    """
    is_missed = is_missed and not claims.read_waiting(shop.store.id, [_subject(order_id)])
    for _ in range(MOST_READINGS):
        asked_at = read_clock()
        if (snapshot := shop.fetch_order(order_id)) is None:
            return False
        taken = _take(shop.store, [snapshot], asked_at, announce)
        if all(recorded.outcome != Outcome.AMBIGUOUS for recorded, _ in taken):
            for recorded, _ in taken:
                _count(found, recorded, is_missed=is_missed)
            return True
    raise ShopBusy(f"Order {order_id} changes faster than it can be read.")


def _take_again(shop: Shop, order_id: str, found: Found, announce: bool) -> None:
    """Ask for an order that changed while its page was read; a webhook has brought that change."""
    try:
        take_order(shop, order_id, found, is_missed=False, announce=announce)
    except NotAnOrder as error:
        unreadable = Unreadable(external_id=order_id, body={"id": order_id}, reason=str(error))
        _keep(shop.store, unreadable, Rule.NO_ORDER)


def _count(found: Found, recorded: Recorded, *, is_missed: bool) -> None:
    if recorded.outcome in (Outcome.NEW, Outcome.UPDATED):
        found.added += 1
        found.missed += is_missed


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
        name, reason = snapshots[0].external_id, f"{type(error).__name__}: {error}"
        logger.exception("Order %s of store %s could not be recorded", name, store.slug)
        _keep(store, Unreadable(external_id=name, body={"id": name}, reason=reason), Rule.REFUSED)
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
            claims.settle(store.id, _subject(snapshot.external_id))
    return taken


def _readable(store: StoreFacts, orders: Iterable[OrderSnapshot | Unreadable]) -> Iterator[OrderSnapshot]:
    for order in orders:
        if isinstance(order, Unreadable):
            _keep(store, order, Rule.NO_ORDER)
        else:
            yield order


def _subject(external_id: str) -> str:
    """What the deliveries of an order are about."""
    return f"order:{external_id}"[:80]


def _keep(store: StoreFacts, order: Unreadable, rule: Rule) -> None:
    body = json.dumps(order.body, default=str).encode()
    keeping.keep_unusable(
        store.id, platform=store.platform, topic="order.read", subject=_subject(order.external_id), body=body,
        rule=rule, message=order.reason,
    )  # fmt: skip

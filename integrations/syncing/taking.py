"""Records orders that were read from a shop, and counts those that should have come by webhook.

One order that cannot be recorded costs no other: it is kept as a quarantined delivery.
"""

from __future__ import annotations

import json
import logging
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime, timedelta

from django.db import transaction

from integrations.syncing.shop import Found, Listed, Shop, Unreadable
from integrations.webhooks import claims, keeping
from integrations.webhooks.working import OUTAGES
from orders.queries import read_known
from orders.recording import Outcome, Recorded, record_all
from orders.snapshot import OrderSnapshot, Rule
from orders.terms import NoSeries
from stores.queries import StoreFacts

logger = logging.getLogger(__name__)

# A webhook may take so long; a change that is older and not known was missed.
GRACE = timedelta(minutes=2)
CHUNK = 25


def take_listed(shop: Shop, listed: Sequence[Listed], found: Found, *, now: datetime, announce: bool = True) -> None:
    """Record the orders that the shop just listed, and add to `found`. Raises `ShopError` and `NoSeries`."""
    known = read_known(shop.store, [each.external_id for each in listed])
    found.seen += len(listed)
    take_read(shop.store, shop.read_orders(listed, known), found, now=now, announce=announce)


def take_read(
    store: StoreFacts,
    orders: Iterable[OrderSnapshot | Unreadable],
    found: Found,
    *,
    now: datetime,
    announce: bool = True,
) -> None:
    """Record orders that were read from the shop, and add to `found`."""
    for recorded, snapshot in take(store, list(_readable(store, orders)), announce=announce):
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
        name = snapshots[0].external_id
        _keep(
            store,
            Unreadable(external_id=name, body={"id": name}, reason=f"{type(error).__name__}: {error}"),
            Rule.REFUSED,
        )
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


def _readable(store: StoreFacts, orders: Iterable[OrderSnapshot | Unreadable]) -> Iterator[OrderSnapshot]:
    for order in orders:
        if isinstance(order, Unreadable):
            _keep(store, order, Rule.NO_ORDER)
        else:
            yield order


def _keep(store: StoreFacts, order: Unreadable, rule: Rule) -> None:
    body = json.dumps(order.body, default=str).encode()
    keeping.keep_unusable(
        store.id, platform=store.platform, topic="order.read", subject=f"order:{order.external_id}"[:80], body=body,
        rule=rule, message=order.reason,
    )  # fmt: skip

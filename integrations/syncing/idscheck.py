"""Compares the ids of the orders of the last 60 days with those of the shop: the only way to find a deleted order.

WooCommerce sends no webhook for an order that is deleted for good, and lists no order of its trash. Each difference is
confirmed by asking for the order itself. Orders from before the shop was connected are imported on request only
(history.py): they may have an invoice already.
"""

from __future__ import annotations

from contextlib import suppress
from datetime import timedelta

from integrations.syncing import reconciling
from integrations.syncing.models import SyncRun
from integrations.syncing.shop import Found, Shop
from integrations.syncing.taking import take_order
from jobs.registry import Report
from jobs.work import Work
from orders.deletion import record_deletion
from orders.queries import read_external_ids
from orders.reading import NotAnOrder
from runtime.clock import read_clock
from stores.queries import read_store

DAYS = 60


def compare_ids(work: Work) -> Report:
    """The job: see `compare`."""
    found = reconciling.run_reading(read_store(work.arguments["store"]).id, SyncRun.Kind.IDS, compare)
    return {"seen": found.seen, "healed": found.missed, "gone": found.gone}


def compare(shop: Shop, found: Found) -> None:
    """Ask for each order that only one side has, and record the answer. Raises `ShopError`."""
    after = read_clock() - timedelta(days=DAYS)
    theirs = shop.order_ids(after)
    ours = read_external_ids(shop.store, placed_after=after)
    found.seen = len(theirs)
    vanished = {name for name, is_trashed in ours.items() if not is_trashed} - theirs.keys()
    since = shop.connected_at.replace(microsecond=0)
    missed = {name for name, placed_at in theirs.items() if name not in ours and placed_at >= since}
    for name in sorted(vanished | missed):
        _settle(shop, name, found)


def _settle(shop: Shop, name: str, found: Found) -> None:
    with suppress(NotAnOrder):
        if not take_order(shop, name, found, is_missed=True):
            found.gone += record_deletion(shop.store, name)

"""The reconciler: polls each shop, looks after its webhooks and, at night, has its ids compared.

Each turn does the reading of one shop that is due. What a webhook should have brought before is counted as healed.
"""

from __future__ import annotations

import time
from collections.abc import Callable

from integrations.syncing import live, sync
from integrations.syncing.errors import KeysRefused, NotConnected, ShopBusy, ShopError
from integrations.syncing.models import SyncRun
from integrations.syncing.shop import Found, Shop, open_shop
from integrations.syncing.taking import CHUNK, take_listed
from jobs import operations
from orders.terms import NoSeries
from runtime.clock import read_clock
from stores.queries import read_store_by_id

# A poll that has more to read goes on in a later turn, so that no shop keeps the others waiting.
POLL_SECONDS = 60.0
Reading = Callable[[Shop, Found], None]


def reconcile_next() -> bool:
    """Do one reading that is due; returns whether there was one."""
    if (store_id := sync.claim_due(sync.CHECK)) is not None:
        check_webhooks(store_id)
    elif (store_id := sync.claim_due(sync.IDS)) is not None:
        _enqueue_ids(store_id)
    elif (store_id := sync.claim_due(sync.POLL)) is not None:
        poll(store_id)
    else:
        return False
    return True


def poll(store_id: int) -> Found:
    """Read the orders that changed since the last poll."""
    found, is_good = _run(store_id, SyncRun.Kind.POLL, _poll)
    if is_good:
        sync.schedule_poll(store_id, is_complete=found.is_complete)
    return found


def check_webhooks(store_id: int) -> Found:
    """Make or switch on the webhooks of the shop."""
    return run_reading(store_id, SyncRun.Kind.WEBHOOKS, _check_webhooks)


def run_reading(store_id: int, kind: SyncRun.Kind, reading: Reading) -> Found:
    """Do a reading of a shop and keep a record of it; an error of the shop is part of the record."""
    return _run(store_id, kind, reading)[0]


def _run(store_id: int, kind: SyncRun.Kind, reading: Reading) -> tuple[Found, bool]:
    """What a reading found, and whether the shop answered."""
    found, started_at, error = Found(), read_clock(), ""
    try:
        with open_shop(store_id) as shop:
            reading(shop, found)
        sync.note_good(store_id)
    except KeysRefused as refused:
        error = str(refused)
        sync.note_keys_refused(store_id, error)
    except ShopBusy as busy:
        error = str(busy)
        sync.note_failure(store_id, error, asked_seconds=busy.retry_seconds)
    except (ShopError, NoSeries, NotConnected) as failed:
        error = str(failed)
        sync.note_failure(store_id, error)
    sync.note_run(store_id, kind, found, started_at=started_at, error=error)
    live.send_health(store_id)
    return found, not error


def _poll(shop: Shop, found: Found) -> None:
    until = time.monotonic() + POLL_SECONDS
    since = sync.read_cursor(shop.store.id) - shop.overlap
    for page in shop.changed_orders(since):
        for start in range(0, len(page.orders), CHUNK):
            chunk = page.orders[start : start + CHUNK]
            take_listed(shop, chunk, found, asked_at=page.asked_at)
            sync.move_cursor(shop.store.id, chunk[-1].changed_at)
            if time.monotonic() > until:
                found.is_complete = False
                return


def _check_webhooks(shop: Shop, found: Found) -> None:
    states, changed_count = shop.ensure_webhooks()
    sync.note_subscriptions(shop.store.id, states)
    found.seen, found.added = len(states), changed_count


def _enqueue_ids(store_id: int) -> None:
    store = read_store_by_id(store_id)
    operations.enqueue(f"{store.platform}-ids", {"store": store.slug}, store_id=store.id)
    sync.note_ids(store_id, store.timezone)

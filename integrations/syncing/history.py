"""Jobs that read a shop: its history from a day on, and a poll that a user asked for."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from datetime import datetime
from typing import Any

from integrations.syncing import reconciling, sync
from integrations.syncing.errors import NotConnected, ShopError
from integrations.syncing.models import SyncRun
from integrations.syncing.shop import Found, Progress, Shop, open_shop
from integrations.syncing.taking import CHUNK, take_listed
from jobs import operations
from jobs.models import Job
from jobs.registry import Report, Steps
from jobs.work import JobFailed, Work
from orders.terms import NoSeries
from runtime.clock import read_clock
from stores.queries import read_store


def fetch_history(work: Work) -> Steps:
    """Record all orders that changed since `from`, without announcing their documents. Goes on where it was ended."""
    store, started_at = read_store(work.arguments["store"]), read_clock()
    kept: Progress = dict(work.job.report or {})
    found = Found(seen=kept.pop("seen", 0), added=kept.pop("added", 0), notice=kept.pop("notice", ""))
    try:
        with open_shop(store.id) as shop:
            since = datetime.fromisoformat(work.arguments["from"])
            try:
                for progress in shop.read_history(since, found, kept):
                    kept = progress
                    work.advance(found.seen, found.total, report=_report(found, kept))
                    yield found.pause_seconds
            finally:
                _stop_where_cancelled(work, shop, kept)
    except (ShopError, NoSeries, NotConnected) as error:
        sync.note_run(store.id, SyncRun.Kind.HISTORY, found, started_at=started_at, error=str(error))
        raise JobFailed(str(error)) from error
    sync.note_run(store.id, SyncRun.Kind.HISTORY, found, started_at=started_at)
    return _report(found, kept)


def read_changed(shop: Shop, since: datetime, found: Found, kept: Progress) -> Iterator[Progress]:
    """The history of a shop that lists its orders by their last change: see `Shop.read_history`."""
    if "cursor" in kept:
        since = datetime.fromisoformat(kept["cursor"])
    for page in shop.changed_orders(since):
        for start in range(0, len(page.orders), CHUNK):
            chunk = page.orders[start : start + CHUNK]
            take_listed(shop, chunk, found, asked_at=page.asked_at, announce=False)
            yield {"cursor": chunk[-1].changed_at.isoformat()}


def poll_now(work: Work) -> Report:
    """Poll a shop that a user asked for."""
    found = reconciling.poll(read_store(work.arguments["store"]).id)
    return {"seen": found.seen, "added": found.added, "healed": found.missed}


def _stop_where_cancelled(work: Work, shop: Shop, kept: Progress) -> None:
    """A job that ends for another reason goes on in another process."""
    if operations.find(work.job.pk).state == Job.State.CANCELLED:
        with suppress(ShopError):
            shop.stop_history(kept)


def _report(found: Found, kept: Progress) -> dict[str, Any]:
    notice = {"notice": found.notice} if found.notice else {}
    return {**kept, "seen": found.seen, "added": found.added, **notice}

"""Jobs that read a shop: its history from a day on, and a poll that a user asked for."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from integrations.woocommerce import connections, reconciling, sync
from integrations.woocommerce.client import ShopClient
from integrations.woocommerce.connections import NotConnected, ShopConnection
from integrations.woocommerce.errors import ShopError
from integrations.woocommerce.models import SyncRun
from integrations.woocommerce.paging import changed_orders, modified_at
from integrations.woocommerce.taking import CHUNK, Found, take_orders
from jobs.registry import Report, Steps
from jobs.work import JobFailed, Work
from orders.terms import NoSeries
from runtime.clock import read_clock
from stores.queries import read_store


def fetch_history(work: Work) -> Steps:
    """Record all orders that changed since `from`, without announcing their documents. Goes on where it was ended."""
    store, found, started_at = read_store(work.arguments["store"]), Found(), read_clock()
    report = dict(work.job.report or {})
    since = datetime.fromisoformat(report.get("cursor") or work.arguments["from"])
    try:
        connection = connections.read_connection(store.id)
        with ShopClient(connection) as client:
            for newest in read_history(connection, client, since, found):
                report = {"cursor": newest.isoformat(), "seen": found.seen, "added": found.added}
                work.advance(found.seen, report=report)
                yield
    except (ShopError, NoSeries, NotConnected) as error:
        sync.note_run(store.id, SyncRun.Kind.HISTORY, found, started_at=started_at, error=str(error))
        raise JobFailed(str(error)) from error
    sync.note_run(store.id, SyncRun.Kind.HISTORY, found, started_at=started_at)
    return report


def read_history(connection: ShopConnection, client: ShopClient, since: datetime, found: Found) -> Iterator[datetime]:
    """Record the orders that changed since then, and add to `found`; yields the time up to which all are recorded."""
    for page in changed_orders(client, since):
        for start in range(0, len(page.orders), CHUNK):
            chunk = page.orders[start : start + CHUNK]
            take_orders(connection, client, chunk, found, asked_at=page.asked_at, announce=False)
            yield modified_at(chunk[-1])


def poll_now(work: Work) -> Report:
    """Poll a shop that a user asked for."""
    found = reconciling.poll(read_store(work.arguments["store"]).id)
    return {"seen": found.seen, "added": found.added, "healed": found.missed}

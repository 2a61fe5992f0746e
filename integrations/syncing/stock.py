"""Reads the stock of a shop: all its articles, with their names and categories. A job, every 15 minutes."""

from __future__ import annotations

from commerce.products import record_products
from commerce.stock import mark_gone, record_levels
from integrations.syncing import sync
from integrations.syncing.errors import NotConnected, ShopError
from integrations.syncing.models import SyncRun
from integrations.syncing.shop import Found, open_shop
from jobs.registry import Steps
from jobs.work import JobFailed, Work
from runtime.clock import read_clock
from stores.queries import read_store


def read_stock(work: Work) -> Steps:
    """Record the stock of the shop; what the shop no longer has is marked at the end."""
    store, found, started_at = read_store(work.arguments["store"]), Found(), read_clock()
    try:
        with open_shop(store.id) as shop:
            for goods in shop.read_goods():
                record_products(store.id, goods.articles, keep_categories=True)
                record_levels(store, goods.levels, read_at=started_at)
                found.seen += len(goods.levels)
                work.advance(found.seen, report={"seen": found.seen})
                yield None
        found.gone = mark_gone(store, started_at)
    except (ShopError, NotConnected) as error:
        sync.note_run(store.id, SyncRun.Kind.STOCK, found, started_at=started_at, error=str(error))
        raise JobFailed(str(error)) from error
    sync.note_run(store.id, SyncRun.Kind.STOCK, found, started_at=started_at)
    return {"seen": found.seen, "gone": found.gone}

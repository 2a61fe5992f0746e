"""Reads the stock of shops: all their articles, with names and categories. One shop after the other, every 15 minutes.

A loop of its own does that, a page of articles in each turn. A process for each shop would cost a hundred times as much, and
in the loop of the polls a large shop would keep the others waiting.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from commerce.products import record_products
from commerce.stock import mark_gone, record_levels
from integrations.syncing import sync
from integrations.syncing.errors import NotConnected, ShopError
from integrations.syncing.models import SyncRun
from integrations.syncing.shop import Found, Shop, open_shop
from runtime.clock import read_clock


class StockReader:
    """Reads one shop after the other. A reading that ends with its process is due again after its lease."""

    def __init__(self) -> None:
        self._pages: Iterator[None] = iter(())

    def turn(self) -> bool:
        """Read a page of the present shop, or begin with the next one that is due; returns whether there is more to do."""
        for _ in self._pages:
            return True
        if (store_id := sync.claim_due(sync.STOCK)) is None:
            return False
        self._pages = read_stock(store_id)
        return True


def read_stock(store_id: int) -> Iterator[None]:
    """Record the stock of a shop, page by page; what the shop no longer has is marked at the end."""
    found, started_at, error = Found(), read_clock(), ""
    try:
        with open_shop(store_id) as shop:
            yield from _record(shop, found, started_at)
    except (ShopError, NotConnected) as failed:
        error = str(failed)
    sync.note_run(store_id, SyncRun.Kind.STOCK, found, started_at=started_at, error=error)
    sync.note_stock(store_id)


def _record(shop: Shop, found: Found, started_at: datetime) -> Iterator[None]:
    for goods in shop.read_goods():
        record_products(shop.store.id, goods.articles, keep_categories=True)
        record_levels(shop.store, goods.levels, read_at=started_at)
        found.seen += len(goods.levels)
        yield
    found.gone = mark_gone(shop.store, started_at)

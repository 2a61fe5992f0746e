"""The stock of a shop: of each article in each place, read as a whole and by the webhooks of single levels."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any

from commerce.products import Article
from commerce.stock import Level, record_levels
from integrations.shopify.client import GraphClient
from integrations.shopify.documents import MORE_LEVELS, STOCK, STOCK_ITEM
from integrations.shopify.models import StockItem
from integrations.shopify.nodes import number_of
from integrations.shopify.values import Json, moment
from integrations.syncing.errors import ShopBusy
from integrations.syncing.shop import Goods
from orders.reading import clean
from runtime.clock import read_clock
from stores.queries import StoreFacts
from stores.rows import rows_of

LARGEST = 2**31 - 1


def read_goods(client: GraphClient, store: StoreFacts) -> Iterator[Goods]:
    """The levels of each page of articles, and the articles. Raises `ShopError`."""
    for page in client.pages(STOCK, "inventoryItems"):
        levels = note_items(client, store, page["nodes"])
        yield Goods(levels, [article for item in page["nodes"] for article in _articles(item)])


def fetch_item(client: GraphClient, store: StoreFacts, item_id: int) -> None:
    """Record the levels of one article as the shop has them now."""
    item = client.ask(STOCK_ITEM, id=f"gid://shopify/InventoryItem/{item_id}")["inventoryItem"]
    if item is not None:
        record_levels(store, note_items(client, store, [item]), read_at=read_clock())


def note_items(client: GraphClient, store: StoreFacts, items: Sequence[Json]) -> list[Level]:
    """The levels of articles, whose names are noted for the webhooks."""
    found = [(item, level) for item in items for level in _levels(client, item)]
    rows = [_item_of(store, item, level) for item, level in found]
    rows_of(StockItem, store.id).bulk_create(
        rows, update_conflicts=True, unique_fields=["store", "item_id", "location_id"],
        update_fields=["sku", "title", "location"],
    )  # fmt: skip
    return [
        _level_of(row, _available(item, level), _changed_at(level))
        for row, (item, level) in zip(rows, found, strict=True)
    ]


def note_level(
    store: StoreFacts, item_id: int, location_id: int, available: int | None, changed_at: datetime
) -> bool | None:
    """Record a level that a webhook reports; false where a newer one is known, None where the article is not known."""
    row = rows_of(StockItem, store.id).filter(item_id=item_id, location_id=location_id).first()
    if row is None:
        return None
    return bool(record_levels(store, [_level_of(row, available, changed_at)], read_at=read_clock()))


def whole(value: object) -> int | None:
    """A number of pieces; None where the shop does not count."""
    if isinstance(value, bool) or not isinstance(value, int):
        return None
    return max(-LARGEST, min(value, LARGEST))


def _articles(item: Json) -> Iterator[Article]:
    """The article under the SKU that lines of orders name, with its product type as category."""
    if sku := clean(item["sku"], 100):
        variant = item["variant"] or {}
        category = clean((variant.get("product") or {}).get("productType"), 100)
        yield Article(code=sku, name=clean(variant.get("displayName"), 255) or sku, category=category)


def _item_of(store: StoreFacts, item: Json, level: Json) -> StockItem:
    item_id, location = number_of(item["id"]), level["location"]
    return StockItem(
        store_id=store.id, item_id=item_id, location_id=number_of(location["id"]),
        sku=clean(item["sku"], 100) or f"id-{item_id}", title=clean((item["variant"] or {}).get("displayName"), 255),
        location=clean(location["name"], 100),
    )  # fmt: skip


def _level_of(row: StockItem, available: int | None, changed_at: datetime) -> Level:
    return Level(sku=row.sku, title=row.title, available=available, location=row.location, changed_at=changed_at)


def _changed_at(level: Json) -> datetime:
    found = moment(level["updatedAt"])
    if found is None:
        raise ShopBusy("The shop sent a level of its stock without a time.")
    return found


def _available(item: Json, level: Json) -> int | None:
    if not item["tracked"] or not level["quantities"]:
        return None
    return whole(level["quantities"][0]["quantity"])


def _levels(client: GraphClient, item: Json) -> Iterator[Any]:
    page = item["inventoryLevels"]
    while True:
        yield from page["nodes"]
        if not page["pageInfo"]["hasNextPage"]:
            return
        found = client.ask(MORE_LEVELS, id=item["id"], after=page["pageInfo"]["endCursor"])["inventoryItem"]
        if found is None:
            return
        page = found["inventoryLevels"]

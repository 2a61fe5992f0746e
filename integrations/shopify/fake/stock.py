"""The stock of a fake shop: of each article at its one location, as webhooks and GraphQL have it."""

from __future__ import annotations

from datetime import UTC, datetime

from integrations.shopify.fake.goods import STOCKED, Article
from integrations.shopify.fake.market import Json
from integrations.shopify.fake.node_parts import gid, text, variant_node

LOCATION_ID = 905684977
FIRST_STOCK = 1000
_EPOCH = datetime(2026, 1, 1, tzinfo=UTC)


class Stock:
    def __init__(self) -> None:
        self.available: dict[Article, int | None] = dict.fromkeys(STOCKED, FIRST_STOCK)
        self._changed_at = dict.fromkeys(STOCKED, _EPOCH)

    def set(self, article: Article, available: int | None, at: datetime) -> None:
        self.available[article], self._changed_at[article] = available, at

    def take(self, article: Article, count: int, at: datetime) -> None:
        left = self.available[article]
        self.set(article, None if left is None else left - count, at)

    def body(self, article: Article) -> Json:
        """Of `inventory_levels/update`. `available` is null where the shop does not count."""
        return {
            "inventory_item_id": article.inventory_item_id, "location_id": LOCATION_ID,
            "available": self.available[article], "updated_at": text(self._changed_at[article]),
            "admin_graphql_api_id": _level_id(article),
        }  # fmt: skip

    def item_nodes(self) -> list[Json]:
        return [self.item_node(article) for article in STOCKED]

    def item_node(self, article: Article) -> Json:
        item = self._item_facts(article)
        return item | {"inventoryLevels": [self.level_node(article)], "variant": self._variant(article, item)}

    def level_node(self, article: Article) -> Json:
        return {
            "__typename": "InventoryLevel", "id": _level_id(article), "updatedAt": text(self._changed_at[article]),
            "location": location_node(), "item": self._item_facts(article),
            "quantities": [{"name": "available", "quantity": self.available[article] or 0, "id": _level_id(article)}],
        }  # fmt: skip

    def _item_facts(self, article: Article) -> Json:
        item: Json = {
            "__typename": "InventoryItem", "id": gid("InventoryItem", article.inventory_item_id), "sku": article.sku,
            "legacyResourceId": str(article.inventory_item_id), "tracked": self.available[article] is not None,
            "updatedAt": text(self._changed_at[article]),
        }  # fmt: skip
        return item | {"variant": self._variant(article, item)}

    def _variant(self, article: Article, item: Json) -> Json:
        return variant_node(article) | {"inventoryQuantity": self.available[article], "inventoryItem": item}


def location_node() -> Json:
    return {
        "__typename": "Location", "id": gid("Location", LOCATION_ID), "legacyResourceId": str(LOCATION_ID),
        "name": "Warehouse", "isActive": True,
    }  # fmt: skip


def _level_id(article: Article) -> str:
    return f"gid://shopify/InventoryLevel/{LOCATION_ID}?inventory_item_id={article.inventory_item_id}"

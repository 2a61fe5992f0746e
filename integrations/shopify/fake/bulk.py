"""The bulk operations of a fake shop."""

from __future__ import annotations

from typing import TYPE_CHECKING

from integrations.fakes.server import Reply, Request
from integrations.shopify.fake.market import Json

if TYPE_CHECKING:
    from integrations.shopify.fake.shop import FakeShopify


class BulkOperations:
    def __init__(self, shop: FakeShopify) -> None:
        self._shop = shop

    def node(self, global_id: str) -> Json | None:
        return None

    def nodes(self, *, reverse: bool) -> list[Json]:
        return []

    def current(self) -> Json | None:
        return None

    def run(self, query: str, *, is_grouped: bool) -> Json:
        return {"bulkOperation": None, "userErrors": []}

    def cancel(self, global_id: str) -> Json:
        return {"bulkOperation": None, "userErrors": []}

    def download(self, request: Request) -> Reply:
        return Reply(404, {})

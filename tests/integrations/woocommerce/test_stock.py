"""The stock of a shop is read as it is: counted, not counted, of variations, and without what the shop has removed."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from django.test import Client
from pytest_django import Settings

from commerce.models import Product
from commerce.products import Article, record_products
from integrations.syncing.models import SyncRun, SyncState
from integrations.syncing.stock import StockReader
from integrations.woocommerce import stock
from integrations.woocommerce.connections import ShopConnection
from integrations.woocommerce.fake.goods import MUG, SPOON, Item
from integrations.woocommerce.fake.shop import FakeShop
from runtime.clock import ClockTimestamp
from stores.rows import rows_of, rows_of_all_stores

STOCK = "/api/stores/main/stock"


@pytest.fixture
def client(settings: Settings) -> Client:
    settings.INVOICEDASH_OPEN = True
    return Client()


def read_shop() -> None:
    """Read the stock of all shops that is due."""
    reader = StockReader()
    while reader.turn():
        pass


def sync_again(connected: ShopConnection) -> None:
    """Make the reading of the stock due."""
    rows_of(SyncState, connected.store.id).update(next_stock_at=ClockTimestamp())


def levels(client: Client, query: str = "") -> dict[str, Any]:
    return {item["sku"]: item["available"] for item in client.get(f"{STOCK}{query}").json()["items"]}


def test_the_stock_of_a_shop_is_read(client: Client, connected: ShopConnection, shop: FakeShop) -> None:
    shop.place(Item(MUG, 3))
    shop.stock["BOOK"] = 2
    read_shop()
    assert levels(client) == {"MUG": 997, "BOOK": 2, "SPOON": 1000, "SCREW": 1000}
    assert levels(client, "?low=1") == {"BOOK": 2}
    titles = {item["title"] for item in client.get(STOCK).json()["items"]}
    assert "Spoon & fork" in titles


def test_the_products_of_a_shop_are_kept_with_their_category(connected: ShopConnection, shop: FakeShop) -> None:
    record_products(
        connected.store.id, [Article(code="BOOK", name="Old name", category="Reading")], keep_categories=False
    )
    read_shop()
    assert products() == {
        "MUG": ("Mug", "Kitchen & home"), "BOOK": ("Book", "Reading"), "SPOON": ("Spoon & fork", ""), "SCREW": ("Screw", ""),
    }  # fmt: skip
    shop.stock[""] = 1
    shop.articles = [replace(SPOON, category="Cutlery"), replace(MUG, sku="")]
    sync_again(connected)
    read_shop()
    assert products()["SPOON"] == ("Spoon & fork", "Cutlery")
    assert set(products()) == {"MUG", "BOOK", "SPOON", "SCREW", f"id-{MUG.product_id}"}


def products() -> dict[str, tuple[str, str]]:
    return {
        code: (name, category)
        for code, name, category in rows_of_all_stores(Product).values_list("code", "name", "category")
    }


def test_stock_is_listed_in_pages(client: Client, connected: ShopConnection) -> None:
    read_shop()
    first = client.get(f"{STOCK}?limit=3").json()
    rest_of_it = client.get(f"{STOCK}?limit=3&cursor={first['next']}").json()
    assert (len(first["items"]), len(rest_of_it["items"]), rest_of_it["next"]) == (3, 1, None)


def test_what_the_shop_has_removed_is_removed(client: Client, connected: ShopConnection, shop: FakeShop) -> None:
    read_shop()
    shop.articles = [MUG]
    sync_again(connected)
    read_shop()
    assert levels(client) == {"MUG": 1000}


def test_a_shop_that_does_not_answer_loses_no_level(client: Client, connected: ShopConnection, shop: FakeShop) -> None:
    read_shop()
    sync_again(connected)
    shop.faults.answers = [500]
    read_shop()
    assert len(levels(client)) == 4
    run = rows_of(SyncRun, connected.store.id).filter(kind="stock").latest("pk")
    assert (run.state, run.error) == ("failed", "The shop answered 500.")


@pytest.mark.parametrize(
    ("product", "available"),
    [
        ({"manage_stock": True, "stock_quantity": 5}, 5),
        ({"manage_stock": True, "stock_quantity": None}, None),
        ({"manage_stock": True, "stock_quantity": "2.5"}, None),
        ({"manage_stock": True, "stock_quantity": -1}, -1),
        ({"manage_stock": "parent", "stock_quantity": None, "stock_status": "instock"}, None),
        ({"manage_stock": False, "stock_status": "outofstock"}, 0),
        ({"manage_stock": False, "stock_status": "instock"}, None),
        ({"manage_stock": True, "stock_quantity": 10**12}, 2**31 - 1),
    ],
)
def test_stock_that_is_not_counted_is_unknown(product: dict[str, Any], available: int | None) -> None:
    level = stock.level_of({"id": 7, "name": "Tea", **product}, "Teas")
    assert (level.available, level.sku, level.title) == (available, "id-7", "Teas Tea")

"""A store that is connected with a fake shop, and the intake in this process."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from pytest_django import Settings

from integrations.woocommerce import connections
from integrations.woocommerce.connections import ShopConnection
from integrations.woocommerce.fake.server import ShopServer
from integrations.woocommerce.fake.shop import KEY, SECRET, FakeShop
from stores.queries import StoreFacts, read_store
from tests.clean import empty_redis
from tests.integrations.desk import Desk
from tests.integrations.woocommerce.clock import ShopClock


@pytest.fixture
def desk(transactional_db: None, settings: Settings, tmp_path: Path) -> Iterator[Desk]:
    empty_redis()
    settings.INVOICEDASH_DATA_DIR = tmp_path
    settings.STORES_ENCRYPTION_KEYS = None
    settings.INTAKE_ALLOW_PRIVATE = True
    settings.PUBLIC_URL = "http://desk.test"
    with Desk() as desk:
        yield desk


@pytest.fixture
def main(desk: Desk) -> StoreFacts:
    return read_store("main")


@pytest.fixture
def clock() -> ShopClock:
    return ShopClock()


@pytest.fixture
def shop(desk: Desk, clock: ShopClock) -> Iterator[FakeShop]:
    """A shop that serves its REST API on this machine, and whose clock stands still until it is moved."""
    shop = FakeShop(clock=clock, send=desk.send)
    with ShopServer(shop):
        yield shop


@pytest.fixture
def connected(main: StoreFacts, shop: FakeShop) -> ShopConnection:
    """The store `main`, connected with the shop."""
    connections.save_connection(main.id, url=shop.url, consumer_key=KEY, consumer_secret=SECRET)
    return connections.read_connection(main.id)

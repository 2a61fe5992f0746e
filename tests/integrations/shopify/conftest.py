"""A store that is connected with a fake shop of Shopify, and the intake in this process."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from pytest_django import Settings

from integrations.shopify import client as clients
from integrations.shopify import connections
from integrations.shopify.connections import ShopConnection
from integrations.shopify.fake.app import App
from integrations.shopify.fake.server import ShopifyServer
from integrations.shopify.fake.shop import FakeShopify
from integrations.shopify.tokens import Granted
from stores.queries import StoreFacts
from tests.integrations.desk import Desk
from tests.integrations.woocommerce.clock import ShopClock

SCOPES = ("read_orders", "read_products", "read_inventory", "read_locations")
SECRET = "shpss_fake"
DOMAIN = "example.myshopify.com"


@pytest.fixture
def app(settings: Settings, desk: Desk) -> App:
    """The app of the installation, which the fake shop knows."""
    settings.SHOPIFY_CLIENT_ID = "fake-client"
    settings.SHOPIFY_CLIENT_SECRETS = (SECRET,)
    settings.SHOPIFY_SCOPES = SCOPES
    clients._buckets.clear()
    return App(compliance_url=f"{settings.PUBLIC_URL}/in/shopify/")


@pytest.fixture
def shop(desk: Desk, app: App, clock: ShopClock) -> Iterator[FakeShopify]:
    """A shop that answers on this machine, and whose clock stands still until it is moved."""
    shop = FakeShopify(DOMAIN, app=app, clock=clock, send=desk.send)
    with ShopifyServer(shop):
        yield shop


def granted(shop: FakeShopify, *scopes: str) -> Granted:
    """The tokens of an installation in the shop."""
    answer = shop.grant.install(*(scopes or SCOPES))
    return Granted(
        access=answer["access_token"], refresh=answer["refresh_token"], expires_in=answer["expires_in"],
        scopes=tuple(answer["scope"].split(",")),
    )  # fmt: skip


@pytest.fixture
def connected(main: StoreFacts, shop: FakeShopify) -> ShopConnection:
    """The store `main`, connected with the shop."""
    connections.save_connection(main.id, shop=shop.domain, base_url=shop.url, granted=granted(shop))
    return connections.read_connection(main.id)

"""`simulate_shop` opens fake shops for demonstration stores of all platforms, and never touches a real shop."""

from __future__ import annotations

import pytest
from django.core.management import CommandError, call_command
from pytest_django import Settings

from integrations.shopify.connections import read_connection
from integrations.simulation.demonstration import demonstration_stores
from integrations.simulation.platforms import PLATFORMS
from integrations.woocommerce import connections
from integrations.woocommerce.fake.shop import KEY, SECRET
from stores.models import DEFAULT_STORE_ID, Store
from stores.queries import StoreFacts
from tests.integrations.desk import Desk


def simulate(*options: str) -> None:
    call_command("simulate_shop", *options, "--seconds", "0.01")


def test_simulated_shops_have_demonstration_stores_of_their_own(desk: Desk) -> None:
    for _ in range(2):
        simulate("--stores", "2", "--platform", "woocommerce")
    stores = Store.objects.filter(is_demo=True)
    assert [(store.slug, store.status, store.platform) for store in stores] == [
        ("demo-shop-1", "active", "woocommerce"),
        ("demo-shop-2", "active", "woocommerce"),
    ]
    assert connections.read_url(DEFAULT_STORE_ID) == ""


@pytest.mark.django_db
def test_demonstration_stores_are_of_all_platforms_in_turn() -> None:
    assert list(demonstration_stores(5, PLATFORMS)) == [
        "demo-shop-1", "demo-shopify-1", "demo-shop-2", "demo-shopify-2", "demo-shop-3",
    ]  # fmt: skip
    assert list(demonstration_stores(2, ["shopify"])) == ["demo-shopify-1", "demo-shopify-2"]


def test_shops_of_both_platforms_are_connected(desk: Desk, settings: Settings) -> None:
    settings.SHOPIFY_CLIENT_ID, settings.SHOPIFY_CLIENT_SECRETS = "fake-client", ("shpss_fake",)
    simulate("--stores", "2", "--faults")
    stores = Store.objects.filter(is_demo=True).order_by("id")
    assert [(store.slug, store.status, store.platform) for store in stores] == [
        ("demo-shop-1", "active", "woocommerce"),
        ("demo-shopify-1", "active", "shopify"),
    ]
    connection = read_connection(stores[1].id)
    assert (connection.shop, connection.url.endswith("/demo-shopify-1")) == ("demo-shopify-1.myshopify.com", True)
    settings.SHOPIFY_CLIENT_ID = ""
    with pytest.raises(CommandError, match="SHOPIFY_CLIENT_ID"):
        simulate("--platform", "shopify")


def test_a_store_with_a_real_shop_gets_no_fake_one(main: StoreFacts) -> None:
    connections.save_connection(main.id, url="https://shop.example", consumer_key=KEY, consumer_secret=SECRET)
    with pytest.raises(CommandError, match="choose a store without a shop"):
        simulate("--store", "main")


def test_what_cannot_be_simulated_is_named(desk: Desk, settings: Settings) -> None:
    with pytest.raises(CommandError, match="not a store"):
        simulate("--store", "none")
    settings.INTAKE_ALLOW_PRIVATE = False
    with pytest.raises(CommandError, match="INTAKE_ALLOW_PRIVATE=1"):
        simulate()

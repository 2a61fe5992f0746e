"""A store that is disconnected takes its webhooks out of the shop, or says why they stay there."""

from __future__ import annotations

import json
from typing import Any

import pytest
from django.test import Client
from pytest_django import Settings

from integrations.syncing import leaving, reconciling
from integrations.syncing.shop import open_shop
from integrations.woocommerce.connections import ShopConnection
from integrations.woocommerce.fake.shop import KEY, FakeShop
from integrations.woocommerce.subscriptions import TOPICS
from tests.waiting import wait_for

FOREIGN = "https://elsewhere.example/hook"


@pytest.fixture
def client(settings: Settings) -> Client:
    settings.INVOICEDASH_OPEN = True
    return Client()


def disconnect(client: Client) -> Any:
    answer = client.post("/api/stores/main/disconnect", json.dumps({}), content_type="application/json")
    assert answer.status_code == 200
    return answer.json()


def last_run(client: Client) -> Any:
    """The newest reading of the shop; None before one of the webhooks has failed or found some gone."""
    runs = client.get("/api/stores/main/health").json()["runs"]
    return runs[0] if runs and (runs[0]["gone"] or runs[0]["error"]) else None


def test_disconnecting_removes_our_webhooks_and_leaves_others(
    client: Client, connected: ShopConnection, shop: FakeShop
) -> None:
    reconciling.check_webhooks(connected.store.id)
    foreign = shop.hooks.add("order.created", FOREIGN, "s")
    assert len(shop.hooks.all) == len(TOPICS) + 1
    assert disconnect(client)["status"] == "disconnected"
    run = wait_for(lambda: last_run(client), "the record of the removal")
    assert (run["kind"], run["state"], run["gone"]) == ("webhooks", "done", len(TOPICS))
    assert list(shop.hooks.all.values()) == [foreign]
    health = client.get("/api/stores/main/health").json()
    assert (health["subscriptions"], health["connection"]["error"]) == (
        [],
        "The store is disconnected: connect it again.",
    )


@pytest.mark.parametrize("reason", ["refuses the keys", "cannot be reached"])
def test_webhooks_that_stay_in_the_shop_are_named(
    client: Client, connected: ShopConnection, shop: FakeShop, reason: str
) -> None:
    reconciling.check_webhooks(connected.store.id)
    if reason == "refuses the keys":
        shop.keys.pop(KEY)
    else:
        shop.faults.answers = ["half"] * 10
    assert disconnect(client)["status"] == "disconnected"
    run = wait_for(lambda: last_run(client), "the record of the failure")
    assert (run["state"], reason in run["error"]) == ("failed", True)
    error = client.get("/api/stores/main/health").json()["connection"]["error"]
    assert "connect it again" in error
    assert "delete them there under WooCommerce > Settings > Advanced > Webhooks" in error
    assert len(shop.hooks.all) == len(TOPICS)


def test_a_store_that_was_connected_again_keeps_its_webhooks(connected: ShopConnection, shop: FakeShop) -> None:
    reconciling.check_webhooks(connected.store.id)
    leaving.remove_and_note(connected.store, open_shop(connected.store.id))
    assert len(shop.hooks.all) == len(TOPICS)

"""A store that is disconnected takes its webhooks out of the shop, or says that they stay there."""

from __future__ import annotations

import json
from typing import Any

import pytest
from django.test import Client
from pytest_django import Settings

from integrations.shopify.connections import ShopConnection
from integrations.shopify.fake.shop import FakeShopify
from integrations.shopify.subscriptions import TOPICS
from integrations.syncing import reconciling
from jobs.runner import run_queue

FOREIGN = "https://elsewhere.example/hook"


@pytest.fixture
def client(settings: Settings) -> Client:
    settings.INVOICEDASH_OPEN = True
    return Client()


def disconnect(client: Client) -> Any:
    """The record of the removal."""
    answer = client.post("/api/stores/main/disconnect", json.dumps({}), content_type="application/json")
    assert (answer.status_code, answer.json()["status"]) == (200, "disconnected")
    run_queue("quick")
    return client.get("/api/stores/main/health").json()["runs"][0]


def test_disconnecting_removes_our_subscriptions_and_leaves_others(
    client: Client, connected: ShopConnection, shop: FakeShopify
) -> None:
    reconciling.check_webhooks(connected.store.id)
    foreign = shop.hooks.add("orders/create", FOREIGN)
    run = disconnect(client)
    assert (run["kind"], run["state"], run["gone"]) == ("webhooks", "done", len(TOPICS))
    assert list(shop.hooks.all.values()) == [foreign]
    assert client.get("/api/stores/main/health").json()["subscriptions"] == []


def test_subscriptions_that_stay_in_the_shop_are_named(
    client: Client, connected: ShopConnection, shop: FakeShopify
) -> None:
    reconciling.check_webhooks(connected.store.id)
    shop.grant.expire_access()
    run = disconnect(client)
    assert (run["kind"], run["state"]) == ("webhooks", "failed")
    error = client.get("/api/stores/main/health").json()["connection"]["error"]
    assert "remove the app there under Settings > Apps" in error
    assert len(shop.hooks.all) == len(TOPICS)

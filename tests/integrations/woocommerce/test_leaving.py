"""A store that is disconnected takes its webhooks out of the shop, or says why they stay there."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from pytest_django import Settings

from integrations.syncing import reconciling
from integrations.woocommerce.connections import ShopConnection, find_destination, save_connection
from integrations.woocommerce.fake.shop import KEY, SECRET, FakeShop
from integrations.woocommerce.subscriptions import TOPICS
from jobs import claims
from jobs.models import Job
from jobs.runner import run_queue
from runtime.clock import ClockTimestamp
from stores.credentials import read_credentials

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
    """The newest reading of the shop once the job is done."""
    run_queue("quick")
    return client.get("/api/stores/main/health").json()["runs"][0]


def test_disconnecting_removes_our_webhooks_and_leaves_others(
    client: Client, connected: ShopConnection, shop: FakeShop
) -> None:
    reconciling.check_webhooks(connected.store.id)
    foreign = shop.hooks.add("order.created", FOREIGN, "s")
    assert len(shop.hooks.all) == len(TOPICS) + 1
    assert disconnect(client)["status"] == "disconnected"
    run = last_run(client)
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
    run = last_run(client)
    assert (run["state"], reason in run["error"]) == ("failed", True)
    error = client.get("/api/stores/main/health").json()["connection"]["error"]
    assert "connect it again" in error
    assert "delete them there under WooCommerce > Settings > Advanced > Webhooks" in error
    assert len(shop.hooks.all) == len(TOPICS)


def test_a_removal_that_is_killed_is_done_by_another_process(
    client: Client, connected: ShopConnection, shop: FakeShop
) -> None:
    reconciling.check_webhooks(connected.store.id)
    disconnect(client)
    assert set(read_credentials(connected.store.id)) == {"leaving"}
    assert find_destination(connected.intake_key) is None
    claims.claim_next("quick")
    Job.objects.update(heartbeat_at=ClockTimestamp() - timedelta(minutes=1))
    assert last_run(client)["gone"] == len(TOPICS)
    assert (list(shop.hooks.all), read_credentials(connected.store.id)) == ([], {})


def test_a_store_that_was_connected_again_keeps_its_webhooks(
    client: Client, connected: ShopConnection, shop: FakeShop
) -> None:
    disconnect(client)
    save_connection(connected.store.id, url=shop.url, consumer_key=KEY, consumer_secret=SECRET)
    reconciling.check_webhooks(connected.store.id)
    run_queue("quick")
    assert len(shop.hooks.all) == len(TOPICS)
    assert "leaving" not in read_credentials(connected.store.id)

"""Deliveries can be listed, read, applied again and previewed; audit and metrics count them."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

import pytest
from django.contrib.auth.models import Group, User
from django.core.management import CommandError, call_command
from django.test import Client
from pytest_django import Settings

from integrations.syncing import reconciling
from integrations.webhooks import retention
from integrations.webhooks.metrics import read_metrics
from integrations.webhooks.models import Delivery, Tally
from integrations.webhooks.proof import STORES
from integrations.woocommerce.connections import ShopConnection
from integrations.woocommerce.fake.shop import KEY, SECRET, FakeShop
from integrations.woocommerce.subscriptions import TOPICS
from invoices.audit import audit
from jobs.models import Job
from orders.models import Order
from runtime.clock import ClockTimestamp
from stores.queries import StoreFacts
from stores.rows import rows_of_all_stores
from tests.integrations.desk import Desk

STORE = "/api/stores/main"


@pytest.fixture
def client(settings: Settings) -> Client:
    settings.INVOICEDASH_OPEN = True
    return Client()


@pytest.fixture
def delivered(connected: ShopConnection, shop: FakeShop, desk: Desk) -> FakeShop:
    """Two webhooks of one order wait."""
    reconciling.check_webhooks(connected.store.id)
    shop.place()
    shop.deliver()
    return shop


def post(client: Client, path: str, body: Any) -> Any:
    answer = client.post(path, json.dumps(body), content_type="application/json")
    return answer.status_code, answer.json()


def test_deliveries_are_listed_newest_first_in_pages(client: Client, delivered: FakeShop, desk: Desk) -> None:
    page = client.get(f"{STORE}/deliveries?limit=1").json()
    assert [item["topic"] for item in page["items"]] == ["order.updated"]
    rest = client.get(f"{STORE}/deliveries?limit=1&cursor={page['next']}").json()
    assert ([item["topic"] for item in rest["items"]], rest["next"]) == (["order.created"], None)
    assert client.get(f"{STORE}/deliveries?state=done").json()["items"] == []
    desk.work()
    found = client.get(f"{STORE}/deliveries?state=done&topic=order.created").json()["items"]
    assert [(item["order"], item["attempts"], item["rule"]) for item in found] == [("18", 1, None)]
    body = client.get(f"{STORE}/deliveries/{found[0]['id']}").json()["body"]
    assert json.loads(body)["id"] == 18
    assert client.get("/api/deliveries").json()["items"] == []


def test_what_is_not_there_is_404(client: Client, delivered: FakeShop) -> None:
    for path in ("/api/stores/none/deliveries", f"{STORE}/deliveries/{2**62}", "/api/stores/none/health"):
        assert client.get(path).status_code == 404


def test_a_replay_and_its_dry_run(client: Client, delivered: FakeShop, desk: Desk) -> None:
    status, answer = post(client, f"{STORE}/deliveries/replay", {"filter": {"state": "new"}, "dry_run": True})
    assert (status, answer["would"]) == (200, {"nothing": 1, "update": 0, "issue": 1, "credit": 0})
    assert rows_of_all_stores(Order).count() == 0
    desk.work()
    one = rows_of_all_stores(Delivery)[0].pk
    status, answer = post(client, f"{STORE}/deliveries/{one}/replay", {})
    assert (status, answer["state"]) == (200, "new")
    status, answer = post(client, f"{STORE}/deliveries/replay", {"filter": {"ids": [one]}})
    assert (status, answer["replayed"]) == (200, 1)
    desk.work()
    assert rows_of_all_stores(Order).get().invoiced == rows_of_all_stores(Order).get().total
    assert post(client, f"{STORE}/deliveries/replay", {"filter": {"stat": "new"}})[0] == 422


def test_health_and_a_sync_on_demand(client: Client, delivered: FakeShop) -> None:
    health = client.get(f"{STORE}/health").json()
    assert health["connection"]["status"] == "active"
    assert (health["webhooks"]["received"], len(health["subscriptions"]), health["runs"][0]["kind"]) == (
        2,
        len(TOPICS),
        "webhooks",
    )
    assert SECRET not in json.dumps(health)
    assert KEY not in json.dumps(health)
    status, answer = post(client, f"{STORE}/sync", {"kind": "history", "from": "2026-01-01T00:00:00Z"})
    assert (status, answer["state"]) == (202, "queued")
    assert Job.objects.get(pk=answer["id"]).kind == "woocommerce-history"


def test_the_audit_finds_a_delivery_that_is_lost(delivered: FakeShop, desk: Desk) -> None:
    desk.work()
    [report] = STORES.prove()
    assert report == {
        "store": "main", "orders": 1, "worth": "0.00", "other_worth": {"EUR": "9.99"}, "difference": "0.00",
        "deliveries": {"accepted": 2, "done": 2, "set_aside": 0, "quarantined": 0, "dead": 0, "new": 0}, "balanced": True,
    }  # fmt: skip
    assert audit()["orphans"] == 0
    rows_of_all_stores(Delivery)[0].delete()
    assert not STORES.is_right(STORES.prove())
    assert not audit()["ok"]


def test_old_deliveries_are_deleted_and_counted_but_not_new_ones(
    delivered: FakeShop, desk: Desk, settings: Settings
) -> None:
    settings.INTAKE_KEEP_DAYS = 30
    rows_of_all_stores(Delivery).update(received_at=ClockTimestamp() - timedelta(days=31))
    retention.delete_old()
    assert rows_of_all_stores(Delivery).count() == 2
    desk.work()
    retention.delete_old()
    assert (rows_of_all_stores(Delivery).count(), rows_of_all_stores(Tally).get().removed) == (0, 2)
    assert STORES.is_right(STORES.prove())


def test_metrics_count_what_is_not_settled(delivered: FakeShop) -> None:
    samples = {
        (sample.name, sample.labels.get("state")): sample.value for each in read_metrics() for sample in each.samples
    }
    assert samples["invoicedash_deliveries", "new"] == 2
    assert samples["invoicedash_deliveries", "dead"] == 0


def test_the_commands(main: StoreFacts, shop: FakeShop, desk: Desk, capsys: Any) -> None:
    with pytest.raises(CommandError, match="refuses the keys"):
        call_command("connect_store", "main", url=shop.url, consumer_key=KEY, consumer_secret="cs_wrong")
    call_command("connect_store", "main", url=shop.url, consumer_key=KEY, consumer_secret=SECRET)
    shop.place()
    call_command("sync_store", "main", "--history", "--from", "2026-01-01")
    call_command("sync_store", "main")
    call_command("check_stores")
    call_command("replay_deliveries", "main", "--dry-run")
    out = capsys.readouterr().out
    assert "1 orders read, 1 new or changed." in out
    assert "main: active; received 0" in out
    assert "nothing: 0" in out
    with pytest.raises(CommandError, match="not a store"):
        call_command("sync_store", "none")


def test_bad_parameters_are_named(client: Client, main: StoreFacts) -> None:
    for query, field in (("from=yesterday", "from"), ("to=0.5", "to"), ("state=none", "state"), ("cursor=x", "cursor")):
        answer = client.get(f"{STORE}/deliveries?{query}")
        assert (answer.status_code, answer.json()["errors"][0]["field"]) == (422, field)
    beyond = client.get(f"{STORE}/deliveries?from=2026-01-01T00:00:00%2B21:34")
    assert beyond.status_code == 200


def test_the_system_page_shows_webhooks_of_no_store_to_administrators_alone(db: None, settings: Settings) -> None:
    settings.INVOICEDASH_OPEN = False
    rows_of_all_stores(Delivery).create(
        platform="shopify", topic="orders/create", subject="order:1", digest=b"1", event_id="", size=2, state="orphan",
        body=b"",
    )  # fmt: skip
    pages = {}
    for role in ("viewer", "admin"):
        user = User.objects.create_user(role)
        user.groups.add(Group.objects.get(name=role))
        browser = Client()
        browser.force_login(user)
        pages[role] = browser.get("/system/").content.decode()
    assert "orders/create" in pages["admin"]
    assert "orders/create" not in pages["viewer"]

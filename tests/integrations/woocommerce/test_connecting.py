"""A store is connected by the API: keys are proved first, each problem has a name, and no call returns a secret."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from pytest_django import Settings

from integrations.syncing import reconciling
from integrations.syncing.errors import NotConnected
from integrations.syncing.models import SyncState
from integrations.webhooks.models import Delivery, Tally
from integrations.woocommerce import connections
from integrations.woocommerce.connections import ShopConnection
from integrations.woocommerce.fake.server import ShopServer
from integrations.woocommerce.fake.shop import KEY, SECRET, FakeShop
from integrations.woocommerce.models import Connection
from jobs.models import Job
from jobs.work import Work
from orders.models import Order
from stores import erasing
from stores.models import Account, Credential, Store
from stores.opening import Wanted, open_store
from stores.queries import StoreFacts, facts_of
from stores.rows import rows_of_all_stores
from tests.integrations.certificates import self_signed
from tests.integrations.desk import Desk, states

KEYS = {"consumer_key": KEY, "consumer_secret": SECRET}


@pytest.fixture
def client(settings: Settings) -> Client:
    settings.INVOICEDASH_OPEN = True
    return Client()


@pytest.fixture
def woo(desk: Desk) -> StoreFacts:
    """A store that waits for its shop."""
    wanted = Wanted(name="Tea Shop", currency="EUR", platform="woocommerce")
    return facts_of(open_store(Account.objects.get(slug="main"), wanted))


def post(client: Client, path: str, body: Any = None) -> Any:
    answer = client.post(f"/api/stores/{path}", json.dumps(body or {}), content_type="application/json")
    return answer.status_code, answer.json()


def connect(client: Client, store: StoreFacts, shop: FakeShop, **changes: str | None) -> Any:
    body = {name: value for name, value in ({"url": shop.url} | KEYS | changes).items() if value is not None}
    return post(client, f"{store.slug}/connect", body)


def test_an_address_alone_leads_to_the_shop(client: Client, woo: StoreFacts, shop: FakeShop) -> None:
    status, answer = connect(client, woo, shop, consumer_key=None, consumer_secret=None)
    assert (status, answer["status"]) == (200, "connecting")
    assert answer["redirect"].startswith(f"{shop.url}/wc-auth/v1/authorize?")
    assert client.get(f"/api/stores/{woo.slug}/health").status_code == 404


def test_a_store_gets_the_currency_of_its_first_shop(client: Client, woo: StoreFacts, shop: FakeShop) -> None:
    Store.objects.filter(pk=woo.id).update(currency="SAR")
    connect(client, woo, shop)
    assert client.get(f"/api/stores/{woo.slug}").json()["currency"] == "EUR"
    Store.objects.filter(pk=woo.id).update(currency="USD")
    connect(client, woo, shop)
    assert client.get(f"/api/stores/{woo.slug}").json()["currency"] == "USD"


def test_a_shop_that_does_not_say_its_currency_is_connected(client: Client, woo: StoreFacts, shop: FakeShop) -> None:
    # The order list, the right to write, and then the currency.
    shop.faults.answers = ["", "", 500]
    assert connect(client, woo, shop)[1]["status"] == "active"
    assert client.get(f"/api/stores/{woo.slug}").json()["currency"] == "EUR"


def test_keys_that_the_shop_accepts_connect_the_store(client: Client, woo: StoreFacts, shop: FakeShop) -> None:
    assert connect(client, woo, shop) == (200, {"redirect": None, "status": "active"})
    store = client.get(f"/api/stores/{woo.slug}").json()
    assert (store["status"], f"http://{store['domain']}") == ("active", shop.url)
    assert store["intake_url"] == f"http://desk.test/in/woocommerce/{woo.intake_key}/"
    for path in (f"/api/stores/{woo.slug}", f"/api/stores/{woo.slug}/health", "/api/stores"):
        text = client.get(path).content.decode()
        assert KEY not in text
        assert SECRET not in text


@pytest.mark.parametrize(
    ("changes", "field", "rule"),
    [
        ({"consumer_secret": "cs_wrong"}, "consumer_key", "wrong-key"),
        ({"url": "http://127.0.0.1:1"}, "url", "unreachable"),
        ({"url": "ftp://shop.example"}, "url", "address"),
        ({"consumer_secret": None}, "consumer_secret", None),
    ],
)
def test_what_is_wrong_is_named(
    client: Client, woo: StoreFacts, shop: FakeShop, changes: dict[str, str | None], field: str, rule: str | None
) -> None:
    status, answer = connect(client, woo, shop, **changes)
    assert (status, answer["errors"][0]["field"], answer["errors"][0].get("rule")) == (422, field, rule)
    with pytest.raises(NotConnected):
        connections.read_connection(woo.id)


def test_keys_that_may_only_read_are_named(client: Client, woo: StoreFacts, shop: FakeShop) -> None:
    shop.can_write = False
    assert connect(client, woo, shop)[1]["errors"][0]["rule"] == "read-only-key"


def test_a_shop_with_plain_permalinks_is_named(client: Client, woo: StoreFacts, shop: FakeShop) -> None:
    shop.has_permalinks = False
    answer = connect(client, woo, shop)[1]["errors"][0]
    assert (answer["rule"], "set permalinks in WordPress" in answer["message"]) == ("permalinks", True)


def test_a_certificate_that_no_authority_signed_is_named(
    client: Client, woo: StoreFacts, desk: Desk, tmp_path: Path
) -> None:
    with ShopServer(FakeShop(send=desk.send), certificate=str(self_signed(tmp_path / "shop.pem"))) as server:
        assert server.shop.url.startswith("https://")
        answer = connect(client, woo, server.shop)[1]["errors"][0]
    assert (answer["rule"], answer["field"]) == ("certificate", "url")
    assert "renew it in the shop" in answer["message"]


def test_a_store_of_another_platform_is_refused(client: Client, woo: StoreFacts, shop: FakeShop) -> None:
    Store.objects.filter(pk=woo.id).update(platform="shopify")
    assert connect(client, woo, shop)[0] == 409


def test_webhooks_of_a_paused_store_wait(client: Client, connected: ShopConnection, shop: FakeShop, desk: Desk) -> None:
    reconciling.check_webhooks(connected.store.id)
    assert post(client, "main/pause")[0] == 200
    shop.place()
    shop.deliver()
    desk.work()
    assert not reconciling.reconcile_next()
    assert [state for _, state, _ in states()] == ["new", "new"]
    assert post(client, "main/resume")[0] == 200
    desk.work()
    assert [state for _, state, _ in states()] == ["done", "done"]


def test_a_disconnected_store_takes_no_webhook_and_can_be_connected_again(
    client: Client, connected: ShopConnection, shop: FakeShop, desk: Desk
) -> None:
    status, answer = post(client, "main/disconnect")
    assert (status, answer["status"]) == (200, "disconnected")
    assert connections.find_destination(connected.intake_key) is None
    health = client.get("/api/stores/main/health").json()["connection"]
    assert (health["status"], "connect it again" in health["error"]) == ("revoked", True)
    assert not reconciling.reconcile_next()
    assert connect(client, connected.store, shop)[1]["status"] == "active"
    again = connections.read_connection(connected.store.id)
    assert again.intake_key == connected.intake_key
    assert again.webhook_secrets != connected.webhook_secrets


def test_erasing_a_store_deletes_its_connection_its_webhooks_and_its_orders(
    client: Client, woo: StoreFacts, shop: FakeShop, desk: Desk
) -> None:
    connect(client, woo, shop)
    reconciling.check_webhooks(woo.id)
    shop.place()
    shop.deliver()
    desk.work()
    assert rows_of_all_stores(Order).count() == 1
    assert client.delete(f"/api/stores/{woo.slug}").status_code == 202
    job = Job.objects.get(kind="erase-store")
    assert job.store_id == woo.id
    for _ in erasing.run(Work(job)):
        pass
    for model in (Order, Delivery, Tally, Connection, SyncState, Credential):
        assert not rows_of_all_stores(model).exists(), model


def test_no_table_and_no_log_line_has_a_secret(
    client: Client, connected: ShopConnection, shop: FakeShop, caplog: pytest.LogCaptureFixture
) -> None:
    reconciling.check_webhooks(connected.store.id)
    shop.faults.answers = [500]
    reconciling.poll(connected.store.id)
    shop.keys = {}
    reconciling.poll(connected.store.id)
    connect(client, connected.store, shop)
    secrets = [SECRET, *connections.read_connection(connected.store.id).webhook_secrets]
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            cursor.execute(f'SELECT coalesce(string_agg(t::text, chr(10)), chr(32)) FROM "{table}" t')
            rows = cursor.fetchone()[0]
            for secret in secrets:
                assert secret not in rows, table
                assert secret.encode().hex() not in rows, table
    assert not [secret for secret in [KEY, *secrets] if secret in caplog.text]

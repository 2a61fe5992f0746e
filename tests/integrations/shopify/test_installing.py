"""A store is connected with a shop of Shopify when its owner approves, in the session that began, within ten minutes, once."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import parse_qs, parse_qsl, quote, urlencode, urlsplit

import pytest
from django.db import connection
from django.test import Client
from pytest_django import Settings

from integrations.shopify import connections
from integrations.shopify.connections import ShopConnection
from integrations.shopify.fake.app import sign_query
from integrations.shopify.fake.server import authorize
from integrations.shopify.fake.shop import FakeShopify
from integrations.shopify.models import ConnectAttempt, Connection
from integrations.syncing.errors import NotConnected
from runtime.clock import ClockTimestamp
from stores import connecting
from stores.models import Account, Store
from stores.opening import Wanted, open_store
from stores.queries import StoreFacts, facts_of
from stores.rows import rows_of_all_stores
from tests.integrations.shopify.conftest import DOMAIN, SECRET
from tests.integrations.woocommerce.clock import ShopClock


@pytest.fixture
def clock() -> ShopClock:
    """Redirects have the time of now."""
    clock = ShopClock()
    clock.now = datetime.now(UTC)
    return clock


@pytest.fixture
def client(settings: Settings) -> Client:
    settings.INVOICEDASH_OPEN = True
    return Client()


def new_store(name: str = "Tea Shop") -> StoreFacts:
    wanted = Wanted(name=name, currency="EUR", platform="shopify")
    return facts_of(open_store(Account.objects.get(slug="main"), wanted))


@pytest.fixture
def store(shop: FakeShopify) -> StoreFacts:
    """A store that waits for its shop."""
    return new_store()


def connect(client: Client, store: StoreFacts, fake: FakeShopify, **changes: str) -> Any:
    body = {"shop": fake.domain, "base_url": fake.url} | changes
    answer = client.post(f"/api/stores/{store.slug}/connect", json.dumps(body), content_type="application/json")
    return answer.status_code, answer.json()


def approve(client: Client, store: StoreFacts, shop: FakeShopify) -> str:
    """Begin, and let the owner approve; returns the address that Shopify leads back to, without the host."""
    status, answer = connect(client, store, shop)
    assert status == 200, answer
    address = urlsplit(answer["redirect"])
    query = {name: values[0] for name, values in parse_qs(address.query).items()}
    assert f"{address.scheme}://{address.netloc}{address.path}" == f"{shop.url}/admin/oauth/authorize"
    assert query["redirect_uri"] == "http://desk.test/stores/connect/shopify/"
    assert query["scope"] == "read_orders,read_products,read_inventory,read_locations"
    return authorize(shop, query).headers["Location"].removeprefix("http://desk.test")


def status_of(store: StoreFacts) -> str:
    return Store.objects.get(pk=store.id).status


def test_an_approved_shop_is_connected(client: Client, store: StoreFacts, shop: FakeShopify) -> None:
    back = client.get(approve(client, store, shop))
    assert (back.status_code, back.headers["Location"]) == (302, f"/stores/connect/?store={store.slug}&success=1")
    found = client.get(f"/api/stores/{store.slug}").json()
    assert (found["status"], found["domain"], found["intake_url"]) == ("active", DOMAIN, "http://desk.test/in/shopify/")
    held = connections.read_connection(store.id)
    assert (held.shop, held.url, "read_orders" in held.scopes) == (DOMAIN, shop.url, True)
    health = client.get(f"/api/stores/{store.slug}/health").json()
    assert (health["connection"]["type"], health["connection"]["status"]) == ("shopify", "active")
    assert health["token_expires_at"] is not None


def test_no_table_has_a_token_or_a_state(client: Client, store: StoreFacts, shop: FakeShopify) -> None:
    back = approve(client, store, shop)
    client.get(back)
    secrets = [dict(parse_qsl(urlsplit(back).query))["state"], *shop.grant._access, shop.grant._newest]
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            cursor.execute(f'SELECT coalesce(string_agg(t::text, chr(10)), chr(32)) FROM "{table}" t')
            rows = cursor.fetchone()[0]
            assert not [secret for secret in secrets if secret in rows], table


def test_a_state_works_once(client: Client, store: StoreFacts, shop: FakeShopify) -> None:
    back = approve(client, store, shop)
    assert client.get(back).status_code == 302
    again = client.get(back)
    assert (again.status_code, "begin again" in again.content.decode()) == (400, True)


def test_a_state_of_another_session_is_refused(client: Client, store: StoreFacts, shop: FakeShopify) -> None:
    back, other = approve(client, store, shop), Client()
    connect(other, new_store("Other"), shop)
    assert other.get(back).status_code == 400
    assert Client().get(back).status_code == 400
    assert client.get(back).status_code == 302, "the refused requests have not used it"


def test_a_state_is_valid_for_ten_minutes(client: Client, store: StoreFacts, shop: FakeShopify) -> None:
    back = approve(client, store, shop)
    ConnectAttempt.objects.update(expires_at=ClockTimestamp() - timedelta(seconds=1))
    assert client.get(back).status_code == 400


def signed(**query: str) -> str:
    return f"/stores/connect/shopify/?{urlencode(query | {'hmac': sign_query(query, SECRET)}, quote_via=quote)}"


CHANGES: dict[str, Callable[[dict[str, str]], str]] = {
    "another shop": lambda query: signed(**query | {"shop": "other.myshopify.com"}),
    "another state": lambda query: signed(**query | {"state": "guessed"}),
    "not signed": lambda query: signed(**query).partition("&hmac=")[0],
    "changed": lambda query: signed(**query).replace("code=", "code=0"),
    "two minutes old": lambda query: signed(**query | {"timestamp": str(int(query["timestamp"]) - 120)}),
    "too many values": lambda query: signed(**query) + "&a=1" * 100,
}


@pytest.mark.parametrize("change", sorted(CHANGES))
def test_a_redirect_that_is_not_right_connects_nothing(
    client: Client, store: StoreFacts, shop: FakeShopify, change: str
) -> None:
    query = dict(parse_qsl(urlsplit(approve(client, store, shop)).query))
    query.pop("hmac")
    assert client.get(CHANGES[change](query)).status_code == 400
    assert status_of(store) == "connecting"
    assert client.get(signed(**query | {"label": "a b"})).status_code == 302, "the right one still works"


def test_scopes_that_were_not_granted_are_named(client: Client, store: StoreFacts, shop: FakeShopify) -> None:
    shop.grant.scopes = ("read_orders",)
    answer = client.get(approve(client, store, shop))
    assert answer.status_code == 400
    assert "did not grant read_inventory, read_locations, read_products" in answer.content.decode()
    with pytest.raises(NotConnected):
        connections.read_connection(store.id)


@pytest.mark.parametrize(
    ("changes", "field", "rule"),
    [
        ({"shop": "shop.example.com"}, "shop", "address"),
        ({"shop": "a.myshopify.com.evil.com"}, "shop", "address"),
        ({"base_url": "http://192.0.2.1"}, "base_url", "address"),
        ({"base_url": "http://[::1"}, "base_url", "address"),
        ({"base_url": "http://127.0.0.1:99999"}, "base_url", "address"),
        ({"url": "https://shop.example.com"}, "url", None),
    ],
)
def test_what_is_wrong_is_named(
    client: Client, store: StoreFacts, shop: FakeShopify, changes: dict[str, str], field: str, rule: str | None
) -> None:
    status, answer = connect(client, store, shop, **changes)
    assert (status, answer["errors"][0]["field"], answer["errors"][0].get("rule")) == (422, field, rule)


def test_a_base_address_needs_private_addresses(
    client: Client, store: StoreFacts, shop: FakeShopify, settings: Settings
) -> None:
    settings.INTAKE_ALLOW_PRIVATE = False
    assert connect(client, store, shop)[1]["errors"][0]["field"] == "base_url"
    settings.SHOPIFY_CLIENT_ID = ""
    assert connect(client, store, shop)[1]["errors"][0]["rule"] == "not-configured"


def test_a_shop_belongs_to_one_store_until_that_is_disconnected(
    client: Client, connected: ShopConnection, store: StoreFacts, shop: FakeShopify
) -> None:
    refused = client.get(approve(client, store, shop))
    assert (refused.status_code, "with another store" in refused.content.decode()) == (400, True)
    assert status_of(store) == "connecting"
    connecting.disconnect(connected.store.id)
    assert client.get(approve(client, store, shop)).status_code == 302
    assert rows_of_all_stores(Connection).get().store_id == store.id


def test_a_store_of_another_platform_is_refused(client: Client, store: StoreFacts, shop: FakeShopify) -> None:
    Store.objects.filter(pk=store.id).update(platform="woocommerce")
    assert connect(client, store, shop)[0] == 409

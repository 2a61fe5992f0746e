"""Keys of an exchange are kept once, for the shop that it was begun for, and only when that shop accepts them."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from django.test import Client

from integrations.syncing.errors import NotConnected
from integrations.woocommerce import connections, exchange
from integrations.woocommerce.fake.exchange import approve
from integrations.woocommerce.fake.shop import KEY, SECRET, FakeShop
from integrations.woocommerce.models import ConnectAttempt
from runtime.clock import ClockTimestamp
from stores.queries import StoreFacts


@pytest.fixture
def nonce(main: StoreFacts, shop: FakeShop) -> str:
    """That of an exchange which was begun for the shop."""
    address = exchange.begin(main, url=shop.url, return_path="/stores/connect/")
    query = parse_qs(urlsplit(address).query)
    assert address.startswith(f"{shop.url}/wc-auth/v1/authorize?")
    assert query["callback_url"] == ["http://desk.test/in/woocommerce/auth/"]
    return query["user_id"][0]


def post(nonce: str, **changes: str) -> int:
    body: dict[str, Any] = {"key_id": 2, "user_id": nonce, "consumer_key": KEY, "consumer_secret": SECRET}
    client = Client(enforce_csrf_checks=True)
    return client.post("/in/woocommerce/auth/", json.dumps(body | changes), content_type="application/json").status_code


def test_posted_keys_connect_the_store_once(main: StoreFacts, nonce: str) -> None:
    assert post(nonce) == 200
    assert connections.read_connection(main.id).consumer_secret == SECRET
    assert post(nonce, consumer_key="ck_other") == 404
    assert connections.read_connection(main.id).consumer_key == KEY


def test_keys_that_the_shop_refuses_are_not_kept_and_others_may_follow(main: StoreFacts, nonce: str) -> None:
    assert post(nonce, consumer_secret="cs_of_another_shop") == 422
    with pytest.raises(NotConnected):
        connections.read_connection(main.id)
    assert post(nonce) == 200


def test_the_shop_leads_its_owner_back_with_the_decision(main: StoreFacts, shop: FakeShop) -> None:
    address = exchange.begin(main, url=shop.url, return_path="/stores/connect/?store=main")
    query = {name: values[0] for name, values in parse_qs(urlsplit(address).query).items()}
    shop.is_approving = False
    denied = approve(shop, query | {"callback_url": "https://desk.test/in/woocommerce/auth/"})
    assert denied.headers["Location"].startswith("http://desk.test/stores/connect/?store=main&success=0&user_id=")
    assert approve(shop, query).status == 400


def test_an_unknown_or_old_nonce_is_refused(main: StoreFacts, nonce: str) -> None:
    assert post("guessed") == post("") == 404
    ConnectAttempt.objects.update(expires_at=ClockTimestamp() - timedelta(seconds=1))
    assert post(nonce) == 404
    assert Client().post("/in/woocommerce/auth/", b"[[", content_type="application/json").status_code == 404

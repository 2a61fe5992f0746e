"""The client asks a shop as WooCommerce wants it, and each error says what to do."""

from __future__ import annotations

import base64
from typing import Any

import pytest

from integrations.outgoing import is_public
from integrations.syncing.errors import AddressRefused, KeysRefused, NotConnected, NotThere, ShopBusy, ShopError
from integrations.woocommerce import connections, oauth, proving
from integrations.woocommerce.client import ShopClient
from integrations.woocommerce.connections import ShopConnection
from integrations.woocommerce.errors import NotWooCommerce
from integrations.woocommerce.fake.rest import PREFIX, is_authorized, reply
from integrations.woocommerce.fake.shop import KEY, SECRET, FakeShop
from stores.queries import StoreFacts


def connect(main: StoreFacts, shop: FakeShop, **changes: str) -> None:
    given = {"url": shop.url, "consumer_key": KEY, "consumer_secret": SECRET}
    proving.connect(main, **given | changes)


def test_a_shop_is_connected_once_its_keys_are_proved(main: StoreFacts, shop: FakeShop) -> None:
    connect(main, shop, url=f" {shop.url}/ ")
    found = connections.read_connection(main.id)
    assert (found.url, found.consumer_secret) == (shop.url, SECRET)
    assert SECRET not in repr(found)
    assert found.webhook_secrets[0].isalnum()
    connect(main, shop)
    again = connections.read_connection(main.id)
    assert (again.intake_key, again.webhook_secrets) == (found.intake_key, found.webhook_secrets)


def test_what_is_wrong_with_a_shop_is_said(main: StoreFacts, shop: FakeShop) -> None:
    wrong: list[tuple[dict[str, str], type[ShopError], str]] = [
        ({"consumer_secret": "cs_wrong"}, KeysRefused, "refuses the keys"),
        ({"consumer_key": "ck_other"}, KeysRefused, "refuses the keys"),
        ({"url": shop.url + "/blog"}, NotWooCommerce, "no WooCommerce REST API"),
        ({"url": "http://127.0.0.1:1"}, ShopBusy, "cannot be reached: Connection refused"),
        ({"url": "ftp://shop.example"}, AddressRefused, "not the address of a shop"),
        ({"url": "https://user:pass@shop.example"}, AddressRefused, "not the address of a shop"),
        ({"url": "https://[shop"}, AddressRefused, "not the address of a shop"),
        ({"url": "https://shop.example:99999"}, AddressRefused, "not the address of a shop"),
        ({"url": f"https://{'s' * 200}.example"}, AddressRefused, "not the address of a shop"),
    ]
    for changes, kind, text in wrong:
        with pytest.raises(kind, match=text):
            connect(main, shop, **changes)
    with pytest.raises(NotConnected):
        connections.read_connection(main.id)


def test_keys_that_may_only_read_are_refused(main: StoreFacts, shop: FakeShop) -> None:
    shop.can_write = False
    with pytest.raises(KeysRefused, match="Read/Write"):
        connect(main, shop)


def test_private_addresses_are_refused_unless_they_are_allowed(
    main: StoreFacts, shop: FakeShop, connected: ShopConnection, settings: Any
) -> None:
    settings.INTAKE_ALLOW_PRIVATE = False
    with pytest.raises(AddressRefused, match="https"):
        connect(main, shop)
    with pytest.raises(AddressRefused, match="INTAKE_ALLOW_PRIVATE"), ShopClient(connected) as client:
        client.get("/orders")


@pytest.mark.parametrize(
    "address",
    ["10.0.0.1", "127.0.0.1", "169.254.169.254", "192.168.1.1", "0.0.0.0", "100.64.0.1", "224.0.0.1", "::1", "fe80::1%eth0",
     "::ffff:10.0.0.1", "2002:7f00:1::", "fc00::1"],
)  # fmt: skip
def test_addresses_that_are_not_public(address: str) -> None:
    assert not is_public(address)


@pytest.mark.parametrize("address", ["93.184.216.34", "2606:2800:220:1:248:1893:25c8:1946", "::ffff:93.184.216.34"])
def test_addresses_that_are_public(address: str) -> None:
    assert is_public(address)


def test_errors_of_the_shop_have_a_kind(connected: ShopConnection, shop: FakeShop) -> None:
    with ShopClient(connected) as client:
        with pytest.raises(NotThere, match="Invalid ID"):
            client.get("/orders/999")
        shop.faults.answers = [429]
        with pytest.raises(ShopBusy) as busy:
            client.get("/orders")
        assert busy.value.retry_seconds == 7
        for fault in (500, "half"):
            shop.faults.answers = [fault]
            with pytest.raises(ShopBusy):
                client.get("/orders")
        shop.faults.answers = [302]
        with pytest.raises(ShopError):
            client.get("/orders")
        assert client.get("/orders") == []


def test_oauth_signs_as_in_the_worked_example_of_the_protocol() -> None:
    """The parameters of RFC 5849, 3.4.1.1, signed by HMAC-SHA256 with the base string of the RFC."""
    parameters = {
        "b5": "=%3D", "a3": "a", "c@": "", "a2": "r b", "oauth_consumer_key": "9djdj82h48djs9d2", "c2": "",
        "oauth_signature_method": "HMAC-SHA256", "oauth_timestamp": "137131201", "oauth_nonce": "7d8f3e4a",
    }  # fmt: skip
    signature = oauth.signature("post", "http://example.com/request", parameters, "secret")
    assert len(base64.b64decode(signature)) == 32
    assert signature == oauth.signature(
        "POST", "http://example.com/request", dict(reversed(parameters.items())), "secret"
    )
    assert signature != oauth.signature("POST", "http://example.com/request", parameters | {"a3": "b"}, "secret")


def test_the_fake_shop_accepts_signed_requests_only() -> None:
    shop = FakeShop(url="http://shop.test")
    query = oauth.signed_query(
        "GET", f"http://shop.test{PREFIX}/orders", {"per_page": "1"}, key=KEY, secret=SECRET, nonce="n", timestamp=1
    )
    assert is_authorized(shop, "GET", f"{PREFIX}/orders", query)
    assert reply(shop, "GET", f"{PREFIX}/orders", query).status == 200
    assert reply(shop, "GET", f"{PREFIX}/orders", query | {"per_page": "2"}).status == 401
    assert reply(shop, "GET", f"{PREFIX}/orders", {"consumer_key": KEY, "consumer_secret": SECRET}).status == 401

"""One server of this machine serves several fake shops, each below its own path."""

from __future__ import annotations

import http.client
import json
from urllib.parse import urlsplit

import pytest

from integrations.fakes.server import FakeServer
from integrations.shopify.fake.server import ShopifyServer, answer_of
from integrations.shopify.fake.shop import FakeShopify
from integrations.woocommerce.fake.rest import NO_ROUTE


def ask(url: str, token: str = "") -> tuple[int, bytes]:
    parts = urlsplit(url)
    connection = http.client.HTTPConnection(parts.hostname or "", parts.port)
    body, headers = json.dumps({"query": "{ shop { myshopifyDomain } }"}), {"x-shopify-access-token": token}
    connection.request("POST", f"{parts.path}/admin/api/2026-10/graphql.json", body, headers)
    answer = connection.getresponse()
    try:
        return answer.status, answer.read()
    finally:
        connection.close()


def test_a_shop_answers_at_its_address() -> None:
    shop = FakeShopify()
    token = shop.grant.install("read_orders")["access_token"]
    with ShopifyServer(shop):
        status, body = ask(shop.url, token)
        assert (status, json.loads(body)["data"]["shop"]["myshopifyDomain"]) == (200, "example.myshopify.com")
        assert ask(shop.url)[0] == 401
        shop.faults.answers = ["half"]
        with pytest.raises(http.client.IncompleteRead):
            ask(shop.url, token)


def test_a_server_has_shops_below_their_names() -> None:
    shops = [FakeShopify(f"shop-{number}.myshopify.com") for number in range(2)]
    with FakeServer() as server:
        for number, shop in enumerate(shops):
            shop.url = server.mount(answer_of(shop), f"shop-{number}")
        tokens = [shop.grant.install("read_orders")["access_token"] for shop in shops]
        assert b"shop-1.myshopify.com" in ask(shops[1].url, tokens[1])[1]
        assert ask(shops[1].url, tokens[0])[0] == 401
        assert ask(server.mount(lambda request: NO_ROUTE, "other"))[0] == 404
        assert ask(shops[0].url.replace("shop-0", "unknown"))[0] == 404

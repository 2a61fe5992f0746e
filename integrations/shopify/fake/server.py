"""Serves a fake shop of Shopify by HTTP on this machine, with the faults of its answers."""

from __future__ import annotations

import base64
import json
import re
import time
from collections.abc import Mapping
from dataclasses import replace
from urllib.parse import quote, urlencode

from integrations.fakes.server import Answer, FakeServer, Reply, Request
from integrations.shopify.fake import admin_api
from integrations.shopify.fake.app import WRONG_APP, sign_query
from integrations.shopify.fake.shop import FakeShopify

AUTHORIZE, ACCESS_TOKEN = "/admin/oauth/authorize", "/admin/oauth/access_token"
GRAPHQL = re.compile(r"/admin/api/(\d{4}-\d{2})/graphql\.json")
RETRY_AFTER = {"Retry-After": "2.0"}
FAULT = {"errors": "A fault on demand."}
NOT_FOUND = Reply(404, {"errors": "Not Found"})


class ShopifyServer(FakeServer):
    """A context manager: the shop answers at `shop.url` from its begin to its end."""

    def __init__(self, shop: FakeShopify, *, port: int = 0) -> None:
        super().__init__(port=port)
        self.shop = shop
        shop.url = self.mount(answer_of(shop))


def answer_of(shop: FakeShopify) -> Answer:
    """What a server answers requests to `shop` with."""

    def answer(request: Request) -> Reply:
        if request.path == AUTHORIZE:
            return authorize(shop, request.query)
        if request.path.startswith("/bulk/"):
            return shop.bulk.download(request)
        fault = shop.faults.next_answer()
        if isinstance(fault, int):
            return Reply(fault, FAULT, RETRY_AFTER if fault == 429 else {})
        if fault == "slow":
            time.sleep(shop.faults.slow_seconds)
        return replace(_answer(shop, request, is_throttled=fault == "throttled"), is_half=fault == "half")

    return answer


def _answer(shop: FakeShopify, request: Request, *, is_throttled: bool) -> Reply:
    if request.path == ACCESS_TOKEN and request.method == "POST":
        return shop.grant.answer(json.loads(request.body or b"{}"))
    version = GRAPHQL.fullmatch(request.path)
    if version is None or request.method != "POST":
        return NOT_FOUND
    token = request.headers.get("X-Shopify-Access-Token", "")
    reply = admin_api.answer(shop, request.body, token, is_throttled=is_throttled)
    return replace(reply, headers={"X-Shopify-API-Version": version[1]})


def authorize(shop: FakeShopify, query: Mapping[str, str]) -> Reply:
    """The owner approves at once, and the browser is led back to the app."""
    if query.get("client_id") != shop.app.client_id:
        return WRONG_APP
    host = base64.b64encode(f"admin.shopify.com/store/{shop.domain.partition('.')[0]}".encode()).decode().rstrip("=")
    back = {
        "code": shop.grant.approve(query.get("scope", "")), "host": host, "shop": shop.domain,
        "state": query.get("state", ""), "timestamp": str(int(shop.clock().timestamp())),
    }  # fmt: skip
    signed = back | {"hmac": sign_query(back, shop.app.secret)}
    location = f"{query.get('redirect_uri', '')}?{urlencode(signed, quote_via=quote)}"
    return Reply(302, {}, {"Location": location})

"""Asks a fake shop as the product does, without a socket."""

from __future__ import annotations

import json
from collections.abc import Mapping
from email.message import Message
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from integrations.fakes.server import Reply, Request
from integrations.shopify.fake.server import ACCESS_TOKEN, AUTHORIZE, answer_of
from integrations.shopify.fake.shop import FakeShopify

SCOPES = ("read_orders", "read_products", "read_inventory", "read_locations", "read_customers")


class Caller:
    """`token` is that of the app, which is installed with `scopes`."""

    def __init__(self, shop: FakeShopify, *scopes: str) -> None:
        self.shop, self._answer = shop, answer_of(shop)
        self.token = shop.grant.install(*(scopes or SCOPES))["access_token"]

    def ask(self, method: str, path: str, body: Any = None, headers: Mapping[str, str] | None = None) -> Reply:
        parts, message = urlsplit(path), Message()
        for name, value in (headers or {}).items():
            message[name] = value
        content = b"" if body is None else json.dumps(body).encode()
        query = dict(parse_qsl(parts.query, keep_blank_values=True))
        return self._answer(Request(method=method, path=parts.path, query=query, headers=message, body=content))

    def graphql(self, query: str, /, **variables: Any) -> Any:
        """The whole answer, which must be one of status 200."""
        reply = self.send(query, **variables)
        assert reply.status == 200, reply
        return reply.body

    def send(self, query: str, /, **variables: Any) -> Reply:
        headers = {"X-Shopify-Access-Token": self.token}
        body = {"query": query, "variables": variables}
        return self.ask("POST", "/admin/api/2026-10/graphql.json", body, headers)

    def authorize(self, query: str) -> dict[str, str]:
        """What the browser brings back to the app."""
        reply = self.ask("GET", f"{AUTHORIZE}?{query}")
        assert reply.status == 302, reply
        return dict(parse_qsl(urlsplit(reply.headers["Location"]).query, keep_blank_values=True))

    def exchange(self, **body: str) -> Reply:
        app = self.shop.app
        return self.ask("POST", ACCESS_TOKEN, {"client_id": app.client_id, "client_secret": app.secret} | body)

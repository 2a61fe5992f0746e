"""The REST API v3 of a fake shop: orders, refunds, webhooks; plain http by OAuth 1.0a alone, as WooCommerce has it."""

from __future__ import annotations

import hmac
import re
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from integrations.fakes.server import Reply
from integrations.woocommerce import oauth
from integrations.woocommerce.fake.goods import Json
from integrations.woocommerce.fake.orders import FakeOrder
from integrations.woocommerce.fake.shop import GONE, FakeShop

PREFIX = "/wp-json/wc/v3"
MOST_PER_PAGE = 100


def _error(status: int, code: str, message: str) -> Reply:
    return Reply(status, {"code": code, "message": message, "data": {"status": status}})


NO_ROUTE = _error(404, "rest_no_route", "No route was found matching the URL and request method.")
NOT_ALLOWED = _error(401, "woocommerce_rest_cannot_view", "Sorry, you cannot list resources.")
ONLY_READ = _error(
    401, "woocommerce_rest_authentication_error", "The API key provided does not have write permissions."
)
NO_ORDER = Reply(404, GONE)


def reply(shop: FakeShop, method: str, path: str, query: Mapping[str, str], body: Json | None = None) -> Reply:
    """The answer to a request; `path` includes the prefix."""
    if not path.startswith(PREFIX):
        return NO_ROUTE
    if not is_authorized(shop, method, path, query):
        return NOT_ALLOWED
    if method != "GET" and not shop.can_write:
        return ONLY_READ
    with shop.lock:
        return _route(shop, method, path.removeprefix(PREFIX), query, body or {})


def is_authorized(shop: FakeShop, method: str, path: str, query: Mapping[str, str]) -> bool:
    """Whether OAuth is right. Keys in the query or in basic authentication are refused over plain http."""
    secret = shop.keys.get(query.get("oauth_consumer_key", ""))
    if secret is None:
        return False
    parameters = {name: value for name, value in query.items() if name != "oauth_signature"}
    expected = oauth.signature(method, shop.url + path, parameters, secret)
    return hmac.compare_digest(expected, query.get("oauth_signature", ""))


def _route(shop: FakeShop, method: str, path: str, query: Mapping[str, str], body: Json) -> Reply:
    if method == "GET" and path == "/orders":
        return _orders(shop, query)
    if method == "GET" and (found := re.fullmatch(r"/orders/(\d+)(/refunds)?", path)):
        return _order(shop, int(found[1]), query, is_refunds=bool(found[2]))
    if method == "GET" and path == "/products":
        return Reply(200, _page([shop.product_of(each) for each in shop.articles], query))
    if method == "GET" and path == "/data/currencies/current":
        return Reply(200, {"code": "EUR", "name": "Euro", "symbol": "&euro;"})
    if path.startswith("/webhooks"):
        return _webhooks(shop, method, path.removeprefix("/webhooks").strip("/"), query, body)
    return NO_ROUTE


def _orders(shop: FakeShop, query: Mapping[str, str]) -> Reply:
    status = query.get("status", "any")
    found = shop.changed_after(_time(query.get("modified_after")), () if status == "any" else status.split(","))
    if (created_after := _time(query.get("after"))) is not None:
        found = [order for order in found if order.created_at > created_after]
    by = query.get("orderby", "date")
    found.sort(key=lambda order: _sort_key(order, by), reverse=query.get("order", "desc") == "desc")
    return Reply(200, [_shown(order, query.get("_fields")) for order in _page(found, query)])


def _sort_key(order: FakeOrder, by: str) -> tuple[Any, ...]:
    keys = {"modified": (order.changed_at, order.id), "id": (order.id,)}
    return keys.get(by, (order.created_at, order.id))


def _shown(order: FakeOrder, fields: str | None) -> Json:
    body = order.as_json()
    return {name: body[name] for name in fields.split(",")} if fields else body


def _order(shop: FakeShop, order_id: int, query: Mapping[str, str], *, is_refunds: bool) -> Reply:
    order = shop.orders.get(order_id)
    if order is None:
        return NO_ORDER
    if is_refunds:
        return Reply(200, _page([each.as_json() for each in reversed(order.refunds)], query))
    return Reply(200, order.as_json())


def _webhooks(shop: FakeShop, method: str, rest: str, query: Mapping[str, str], body: Json) -> Reply:
    hooks = shop.hooks
    if (method, rest) == ("GET", ""):
        return Reply(200, _page([each.as_json() for each in hooks.all.values()], query))
    if (method, rest) == ("POST", "batch"):
        for webhook_id in body.get("delete", []):
            hooks.all.pop(webhook_id, None)
        return Reply(200, {})
    if (method, rest) == ("POST", ""):
        return Reply(201, hooks.add(body["topic"], body["delivery_url"], body["secret"]).as_json())
    webhook = hooks.all.get(int(rest)) if rest.isdigit() else None
    if method != "PUT" or webhook is None:
        return _error(404, "woocommerce_rest_shop_webhook_invalid_id", "Invalid ID.")
    webhook.status = body.get("status", webhook.status)
    webhook.secret = body.get("secret", webhook.secret)
    webhook.failures = 0
    return Reply(200, webhook.as_json())


def _page(found: list[Any], query: Mapping[str, str]) -> list[Any]:
    size = min(int(query.get("per_page", "10")), MOST_PER_PAGE)
    start = (int(query.get("page", "1")) - 1) * size
    return found[start : start + size]


def _time(value: str | None) -> datetime | None:
    return datetime.fromisoformat(value.removesuffix("Z")).replace(tzinfo=UTC) if value else None

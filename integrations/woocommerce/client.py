"""The client of WooCommerce's REST API v3: https by basic authentication, http by OAuth 1.0a."""

from __future__ import annotations

import json
import secrets
import time
from collections.abc import Mapping
from decimal import Decimal
from types import TracebackType
from typing import Any

from integrations.syncing.asking import Answer, Asker
from integrations.syncing.errors import KeysRefused, NotThere, ShopBusy, ShopError
from integrations.woocommerce import oauth
from integrations.woocommerce.connections import ShopConnection
from integrations.woocommerce.errors import NotWooCommerce, PermalinksOff

PATH = "/wp-json/wc/v3"
_AGENT = "invoicedash (+webhooks and REST v3)"


class ShopClient:
    """Requests to one shop. Use as a context manager. Every call raises a `ShopError`."""

    def __init__(self, connection: ShopConnection) -> None:
        self._connection = connection
        self._asker = Asker(connection.url, agent=_AGENT)

    def __enter__(self) -> ShopClient:
        return self

    def __exit__(self, *_: type[BaseException] | BaseException | TracebackType | None) -> None:
        self._asker.close()

    def get(self, path: str, **query: str | int) -> Any:
        """The JSON at `path`, such as `/orders/18`; numbers with decimals are `Decimal`."""
        return self._ask("GET", path, {name: str(value) for name, value in query.items()})

    def post(self, path: str, body: Mapping[str, Any]) -> Any:
        return self._ask("POST", path, {}, body)

    def put(self, path: str, body: Mapping[str, Any]) -> Any:
        return self._ask("PUT", path, {}, body)

    def _ask(self, method: str, path: str, query: dict[str, str], body: Mapping[str, Any] | None = None) -> Any:
        url = f"{self._connection.url}{PATH}{path}"
        return _parse(self._asker.ask(method, url, **self._authorized(method, url, query), json=body))

    def _authorized(self, method: str, url: str, query: dict[str, str]) -> dict[str, Any]:
        key, secret = self._connection.consumer_key, self._connection.consumer_secret
        if self._connection.is_encrypted:
            return {"params": query, "auth": (key, secret)}
        signed = oauth.signed_query(
            method, url, query, key=key, secret=secret, nonce=secrets.token_hex(16), timestamp=int(time.time())
        )
        return {"params": signed}


def _parse(answer: Answer) -> Any:
    """The JSON of a good answer; raises the `ShopError` that fits any other."""
    status = answer.status
    if status == 429 or status >= 500:
        raise ShopBusy(f"The shop answered {status}.", retry_seconds=answer.retry_seconds)
    try:
        body = json.loads(answer.content, parse_float=Decimal)
    except (ValueError, RecursionError):
        raise _not_json(status, answer) from None
    if status in (401, 403):
        raise KeysRefused(f"The shop refuses the keys: {_message(body)}")
    if status == 404 and _code(body) == "rest_no_route":
        raise NotWooCommerce("The address has no WooCommerce REST API v3; is WooCommerce active?")
    if status in (404, 410):
        raise NotThere(_message(body))
    if status not in (200, 201):
        raise ShopError(f"The shop answered {status}: {_message(body)}")
    return body


def _not_json(status: int, answer: Answer) -> ShopError:
    if status in (401, 403):
        return KeysRefused(f"The shop answered {status}; a firewall or a plugin may stop the request.")
    if status in (301, 302, 303, 307, 308):
        return NotWooCommerce(
            f"The address redirects to {answer.headers.get('location', '')[:200]}: enter that address."
        )
    if status == 404:
        return PermalinksOff("The REST API is not there; set permalinks in WordPress to another value than Plain.")
    return ShopBusy(f"The shop answered {status} without JSON.")


def _code(body: object) -> str:
    return str(body.get("code", "")) if isinstance(body, Mapping) else ""


def _message(body: object) -> str:
    return str(body.get("message", ""))[:200] if isinstance(body, Mapping) else ""

"""The client of WooCommerce's REST API v3: https by basic authentication, http by OAuth 1.0a.

No redirect is followed, because it would carry the keys elsewhere. Answers are read up to a limit of size and time.
"""

from __future__ import annotations

import json
import re
import secrets
import time
from collections.abc import Mapping
from decimal import Decimal
from types import TracebackType
from typing import Any

from integrations.outgoing import CheckedTransport, ForbiddenAddress, HostUnknown
from integrations.woocommerce import oauth
from integrations.woocommerce.connections import ShopConnection
from integrations.woocommerce.errors import (
    AddressRefused,
    BadCertificate,
    KeysRefused,
    NotThere,
    NotWooCommerce,
    PermalinksOff,
    ShopBusy,
    ShopError,
)
from runtime.lean_httpx import httpx

PATH = "/wp-json/wc/v3"
TIMEOUT_SECONDS = 10.0
# For a whole answer that comes in small pieces.
ANSWER_SECONDS = 30.0
MOST_ANSWER_BYTES = 64 * 1024 * 1024
LONGEST_RETRY_SECONDS = 3600.0
_AGENT = "invoicedash (+webhooks and REST v3)"
_ERROR_NUMBER = re.compile(r"\[Errno -?\d+\] ")


class ShopClient:
    """Requests to one shop. Use as a context manager. Every call raises a `ShopError`."""

    def __init__(self, connection: ShopConnection) -> None:
        self._connection = connection
        self._client = httpx.Client(
            transport=CheckedTransport(), timeout=TIMEOUT_SECONDS, follow_redirects=False, trust_env=False,
            headers={"user-agent": _AGENT, "accept": "application/json"},
        )  # fmt: skip

    def __enter__(self) -> ShopClient:
        return self

    def __exit__(self, *_: type[BaseException] | BaseException | TracebackType | None) -> None:
        self._client.close()

    def get(self, path: str, **query: str | int) -> Any:
        """The JSON at `path`, such as `/orders/18`; numbers with decimals are `Decimal`."""
        return self._ask("GET", path, {name: str(value) for name, value in query.items()})

    def post(self, path: str, body: Mapping[str, Any]) -> Any:
        return self._ask("POST", path, {}, body)

    def put(self, path: str, body: Mapping[str, Any]) -> Any:
        return self._ask("PUT", path, {}, body)

    def _ask(self, method: str, path: str, query: dict[str, str], body: Mapping[str, Any] | None = None) -> Any:
        url = f"{self._connection.url}{PATH}{path}"
        try:
            with self._client.stream(method, url, **self._authorized(method, url, query), json=body) as answer:
                content = _read(answer)
        except ForbiddenAddress as error:
            raise AddressRefused(f"{error} Shops on private networks need INTAKE_ALLOW_PRIVATE=1.") from error
        except (httpx.HTTPError, httpx.InvalidURL, HostUnknown, OSError) as error:
            raise _unreachable(self._connection.url, error) from error
        return _parse(answer, content)

    def _authorized(self, method: str, url: str, query: dict[str, str]) -> dict[str, Any]:
        key, secret = self._connection.consumer_key, self._connection.consumer_secret
        if self._connection.is_encrypted:
            return {"params": query, "auth": (key, secret)}
        signed = oauth.signed_query(
            method, url, query, key=key, secret=secret, nonce=secrets.token_hex(16), timestamp=int(time.time())
        )
        return {"params": signed}


def _read(answer: httpx.Response) -> bytes:
    parts, size, until = [], 0, time.monotonic() + ANSWER_SECONDS
    for part in answer.iter_bytes():
        parts.append(part)
        size += len(part)
        if size > MOST_ANSWER_BYTES or time.monotonic() > until:
            raise ShopBusy("The answer of the shop is too large or too slow.")
    return b"".join(parts)


def _parse(answer: httpx.Response, content: bytes) -> Any:
    """The JSON of a good answer; raises the `ShopError` that fits any other."""
    status = answer.status_code
    if status == 429 or status >= 500:
        raise ShopBusy(f"The shop answered {status}.", retry_seconds=_retry_seconds(answer))
    try:
        body = json.loads(content, parse_float=Decimal)
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


def _not_json(status: int, answer: httpx.Response) -> ShopError:
    if status in (401, 403):
        return KeysRefused(f"The shop answered {status}; a firewall or a plugin may stop the request.")
    if status in (301, 302, 303, 307, 308):
        return NotWooCommerce(
            f"The address redirects to {answer.headers.get('location', '')[:200]}: enter that address."
        )
    if status == 404:
        return PermalinksOff("The REST API is not there; set permalinks in WordPress to another value than Plain.")
    return ShopBusy(f"The shop answered {status} without JSON.")


def _retry_seconds(answer: httpx.Response) -> float:
    value = answer.headers.get("retry-after", "")
    return min(float(value), LONGEST_RETRY_SECONDS) if value.isascii() and value.isdigit() else 0.0


def _code(body: object) -> str:
    return str(body.get("code", "")) if isinstance(body, Mapping) else ""


def _message(body: object) -> str:
    return str(body.get("message", ""))[:200] if isinstance(body, Mapping) else ""


def _unreachable(url: str, error: Exception) -> ShopError:
    if "CERTIFICATE_VERIFY_FAILED" in str(error):
        return BadCertificate(f"The certificate of {url} is not valid: renew it in the shop.")
    return ShopBusy(f"The shop at {url} cannot be reached: {_reason(error)}.")


def _reason(error: Exception) -> str:
    text = _ERROR_NUMBER.sub("", str(error))
    if isinstance(error, httpx.TimeoutException):
        return f"it did not answer within {TIMEOUT_SECONDS:.0f} s"
    return " ".join(text.split())[:200] or type(error).__name__

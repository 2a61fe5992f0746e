"""Signs requests to shops without https by OAuth 1.0a with HMAC-SHA256 (RFC 5849), as WooCommerce asks for."""

from __future__ import annotations

import base64
import hmac
from collections.abc import Mapping
from urllib.parse import quote


def signed_query(
    method: str, url: str, query: Mapping[str, str], *, key: str, secret: str, nonce: str, timestamp: int
) -> dict[str, str]:
    """`query` with the parameters of OAuth. `url` is the address without its query, as the shop knows it."""
    parameters = {
        **query, "oauth_consumer_key": key, "oauth_nonce": nonce, "oauth_signature_method": "HMAC-SHA256",
        "oauth_timestamp": str(timestamp),
    }  # fmt: skip
    return parameters | {"oauth_signature": signature(method, url, parameters, secret)}


def signature(method: str, url: str, parameters: Mapping[str, str], secret: str) -> str:
    """The value of `oauth_signature` for these parameters."""
    pairs = sorted((_encode(name), _encode(value)) for name, value in parameters.items())
    normalized = "&".join(f"{name}={value}" for name, value in pairs)
    base = "&".join((method.upper(), _encode(url), _encode(normalized)))
    # There is no token, so the second half of the key is empty.
    return base64.b64encode(hmac.digest(f"{_encode(secret)}&".encode(), base.encode(), "sha256")).decode()


def _encode(text: str) -> str:
    return quote(text, safe="~")

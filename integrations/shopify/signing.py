"""Signatures of Shopify's redirects: HMAC-SHA256 in hexadecimal over the sorted query, in which a space is %20."""

from __future__ import annotations

import hmac
import re
from collections.abc import Iterable, Sequence
from datetime import datetime
from urllib.parse import quote

# Of a redirect: one that is older may be a copy.
MOST_SECONDS_OFF = 90
_SHOP = re.compile(r"[a-z0-9][a-z0-9-]*\.myshopify\.com", re.ASCII)
_SHORT = re.compile(r"[a-z0-9][a-z0-9-]*", re.ASCII)
MOST_SHOP_CHARACTERS = 100
Pairs = Sequence[tuple[str, str]]


def is_shop(domain: str) -> bool:
    """Whether this is the permanent domain of a shop, such as `example.myshopify.com`."""
    return len(domain) <= MOST_SHOP_CHARACTERS and _SHOP.fullmatch(domain) is not None


def normalize_shop(text: str) -> str:
    """The domain that a user means by `example`, `example.myshopify.com` or an address of it; empty for any other."""
    host = text.strip().lower().removeprefix("https://").removeprefix("http://").partition("/")[0]
    domain = f"{host}.myshopify.com" if _SHORT.fullmatch(host) else host
    return domain if is_shop(domain) else ""


def signed_text(pairs: Pairs) -> str:
    """What is signed of a query: all pairs but the signature, in the order of their names."""
    encoded = sorted((quote(name, safe=""), quote(value, safe="")) for name, value in pairs if name != "hmac")
    return "&".join(f"{name}={value}" for name, value in encoded)


def sign_query(pairs: Pairs, secret: str) -> str:
    """The value of `hmac` for this query."""
    return hmac.digest(secret.encode(), signed_text(pairs).encode(), "sha256").hex()


def is_query_signed(pairs: Pairs, secrets: Iterable[str]) -> bool:
    """Whether the query has one `hmac`, by one of the secrets. Every secret is compared, in constant time."""
    given = [value for name, value in pairs if name == "hmac"]
    if len(given) != 1:
        return False
    matches = [hmac.compare_digest(sign_query(pairs, secret).encode(), given[0].encode()) for secret in secrets]
    return any(matches)


def is_recent(timestamp: str, now: datetime) -> bool:
    """Whether the timestamp of a redirect, in seconds, is that of now or nearly so."""
    is_number = timestamp.isascii() and timestamp.isdigit() and len(timestamp) <= 12
    return is_number and abs(int(timestamp) - now.timestamp()) <= MOST_SECONDS_OFF


def missing_scopes(asked: Iterable[str], granted: Iterable[str]) -> list[str]:
    """The scopes that were not granted. The right to write includes the right to read."""
    held = set(granted)
    held |= {f"read_{scope.removeprefix('write_')}" for scope in held if scope.startswith("write_")}
    return sorted(set(asked) - held)

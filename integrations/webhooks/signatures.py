"""Signatures of webhooks: base64 of HMAC-SHA256 over the raw bytes of the body."""

from __future__ import annotations

import base64
import hmac
from collections.abc import Iterable


def sign(body: bytes, secret: str) -> bytes:
    """The value of the signature header for `body`."""
    return base64.b64encode(hmac.digest(secret.encode(), body, "sha256"))


def is_signed(body: bytes, signature: bytes | None, secrets: Iterable[str]) -> bool:
    """Whether `signature` is that of one of `secrets`. Every secret is compared, in constant time."""
    given = signature or b""
    matches = [hmac.compare_digest(sign(body, secret), given) for secret in secrets if secret]
    return any(matches)

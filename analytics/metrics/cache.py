"""Answers kept in Redis under what they depend on, so that a kept one is never wrong and only costs less."""

from __future__ import annotations

import hashlib
import json
from typing import Any

from django_redis import get_redis_connection

from runtime import redis

KEPT_SECONDS = 60


def key_of(*parts: Any) -> str:
    """The key of an answer that depends on `parts` alone."""
    digest = hashlib.sha256(json.dumps(parts, default=str, sort_keys=True).encode()).hexdigest()
    return f"invoicedash:figures:{digest}"


def get(key: str) -> str:
    """The kept text; empty without one, or without Redis."""
    kept = redis.attempt(lambda _: get_redis_connection("default").get(key))
    return kept.decode() if kept else ""


def put(key: str, text: str) -> None:
    """Keep the text for `KEPT_SECONDS`."""
    redis.attempt(lambda _: get_redis_connection("default").set(key, text, ex=KEPT_SECONDS))

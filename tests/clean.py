"""Cleans Redis and the process's clients of Redis between tests."""

from __future__ import annotations

from redis import Redis

import runtime.redis


def empty_redis() -> Redis:
    """The process's client of Redis, emptied; it does not avoid Redis because of failures in an earlier test."""
    client = runtime.redis.client()
    client.flushdb()
    runtime.redis._resting_until = 0.0
    return client

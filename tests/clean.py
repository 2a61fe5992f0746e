"""What one test left in Redis, or learned of it, is not the next one's."""

from __future__ import annotations

from redis import Redis

import streaming.redis


def empty_redis() -> Redis:
    """The process's client of Redis, emptied; nobody leaves it alone because of what a test did to it."""
    client = streaming.redis.client()
    client.flushdb()
    streaming.redis._resting_until = 0.0
    return client

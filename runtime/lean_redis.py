"""Loads the Redis client without its parts for clusters, which take 1 MB in each process.

It must be imported before anything else imports `redis`.
"""

from __future__ import annotations

from runtime.absent import empty

with empty(
    "redis.cluster",
    "redis.keyspace_notifications",
    "redis.asyncio.cluster",
    "redis.asyncio.keyspace_notifications",
):
    from redis.backoff import NoBackoff
    from redis.retry import Retry

NO_RETRY = Retry(NoBackoff(), 0)

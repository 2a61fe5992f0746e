"""The Redis client for optional data: Redis may be down, empty or unresponsive at any time, and no caller waits for it.

After a call without an answer, no call is made for `REST_SECONDS`; callers work without Redis. Code that needs Redis
(the broker, the receiving side of the channel layers) has its own clients.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from functools import lru_cache
from typing import TypeVar

from runtime.lean_redis import NO_RETRY  # isort: split

from django.conf import settings
from django_redis.exceptions import ConnectionInterrupted
from redis import Redis
from redis.exceptions import RedisError, ResponseError

logger = logging.getLogger(__name__)
T = TypeVar("T")

REST_SECONDS = 0.5
_resting_until = 0.0


@lru_cache(maxsize=1)
def client() -> Redis:
    """The client of this process: no call lasts longer than `REDIS_TIMEOUT`, and no call is retried."""
    return Redis.from_url(
        settings.REDIS_URL,
        socket_timeout=settings.REDIS_TIMEOUT,
        socket_connect_timeout=settings.REDIS_TIMEOUT,
        retry=NO_RETRY,
        max_connections=50,
    )


def attempt(call: Callable[[Redis], T]) -> T | None:
    """Return the result of `call`, or None when Redis does not answer or recently did not answer."""
    global _resting_until
    if time.monotonic() < _resting_until:
        return None
    try:
        return call(client())
    except ResponseError as error:
        logger.warning("Redis rejects a command, continuing without Redis: %s", error)
        return None
    except (RedisError, ConnectionInterrupted, OSError) as error:
        _resting_until = time.monotonic() + REST_SECONDS
        logger.warning("Redis does not answer, continuing without Redis: %s", error)
        return None


def is_up() -> bool:
    """Whether Redis answered recently."""
    return bool(attempt(lambda redis: redis.ping()))

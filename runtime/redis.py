"""Redis as a convenience: it may be gone, empty or silent at any moment, and nobody waits for it.

A call that Redis does not answer leaves it alone for `REST_SECONDS`; the caller does without. What needs Redis to be there (the
broker, the channel layers' own receiving) has clients of its own.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from functools import lru_cache
from typing import TypeVar

from django.conf import settings
from django_redis.exceptions import ConnectionInterrupted
from redis import Redis
from redis.backoff import NoBackoff
from redis.exceptions import RedisError, ResponseError
from redis.retry import Retry

logger = logging.getLogger(__name__)
T = TypeVar("T")

REST_SECONDS = 0.5
_resting_until = 0.0


@lru_cache(maxsize=1)
def client() -> Redis:
    """The process's client: no call lasts longer than `REDIS_TIMEOUT`, none is tried twice."""
    return Redis.from_url(
        settings.REDIS_URL,
        socket_timeout=settings.REDIS_TIMEOUT,
        socket_connect_timeout=settings.REDIS_TIMEOUT,
        retry=Retry(NoBackoff(), 0),
        max_connections=50,
    )


def attempt(call: Callable[[Redis], T]) -> T | None:
    """What `call` answers, or None when Redis does not answer or did not a moment ago."""
    global _resting_until
    if time.monotonic() < _resting_until:
        return None
    try:
        return call(client())
    except ResponseError as error:
        logger.warning("Redis refuses, going on without: %s", error)
        return None
    except (RedisError, ConnectionInterrupted, OSError) as error:
        _resting_until = time.monotonic() + REST_SECONDS
        logger.warning("Redis does not answer, going on without: %s", error)
        return None


def is_up() -> bool:
    """Whether Redis answered within the last moment."""
    return bool(attempt(lambda redis: redis.ping()))

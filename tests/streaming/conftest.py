"""The demo feed on a real PostgreSQL and a real Valkey, empty and quick."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from decimal import Decimal

import pytest
from django.conf import settings as django_settings
from redis import Redis

import runtime.redis
from streaming.operations import set_pace
from tests.clean import empty_redis
from tests.streaming.ledger import issue_rows

NOWHERE = "redis://127.0.0.1:1/0"


@pytest.fixture(autouse=True)
def redis_client() -> Redis:
    """Redis, emptied: tests share no keys. The client does not avoid Redis because of an earlier failure."""
    runtime.redis.client.cache_clear()
    return empty_redis()


@pytest.fixture
def without_redis(redis_client: Redis, settings: object) -> Iterator[None]:
    """No server listens where Redis should be: no notification is sent, nothing is cached."""
    before = django_settings.REDIS_URL
    django_settings.REDIS_URL = NOWHERE
    runtime.redis.client.cache_clear()
    yield
    django_settings.REDIS_URL = before
    runtime.redis.client.cache_clear()
    runtime.redis._resting_until = 0.0


@pytest.fixture
def announce(transactional_db: None) -> Callable[[int], None]:
    """Issue and announce that many invoices on the demo feed."""
    return issue_rows


@pytest.fixture
def rate(transactional_db: None) -> Callable[[float], None]:
    """Set how many rows per second the demo feed shows."""
    return lambda per_second: set_pace("demo", rate_per_second=Decimal(str(per_second)))

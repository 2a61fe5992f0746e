"""Totals, START and STOP try an unreachable Redis once and go on without it; when Redis is back, the cache is used again."""

from __future__ import annotations

import shutil
import signal
import subprocess
import time
from collections.abc import Callable, Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

import runtime.redis
from invoices import totals
from invoices.generation import reset, runs
from invoices.issue import issue
from invoices.models import Series
from local.paths import run_dir
from local.servers import Redis
from tests.invoices.samples import drafts
from tests.waiting import HANG_SECONDS, wait_for

pytestmark = pytest.mark.django_db


class OwnRedis:
    """A Redis server for one test, which may freeze, kill or empty it."""

    def __init__(self, directory: Path) -> None:
        self._server = Redis(directory, run_dir(directory), settings={"appendonly": "no"})
        self.url = self._server.url
        self._server.prepare()
        self.start()

    def start(self) -> None:
        self._process = subprocess.Popen(self._server.command(), env=self._server.environment())
        wait_for(self._server.is_ready, "Redis to be ready")

    def freeze(self) -> None:
        """Stop the process: connections are accepted, and no request is answered."""
        self._process.send_signal(signal.SIGSTOP)

    def thaw(self) -> None:
        self._process.send_signal(signal.SIGCONT)

    def kill(self) -> None:
        self._process.kill()
        self._process.wait()

    def close(self) -> None:
        self.kill()
        shutil.rmtree(self._server.run_dir, ignore_errors=True)


@pytest.fixture
def redis(tmp_path: Path, settings: Any) -> Iterator[OwnRedis]:
    """A Redis server that this process uses for its cache and its notifications; the cache holds totals already."""
    own = OwnRedis(tmp_path)
    settings.REDIS_URL = own.url
    settings.CACHES = {"default": settings.CACHES["default"] | {"LOCATION": own.url}}
    runtime.redis.client.cache_clear()
    totals.get("demo")
    assert totals.get("demo")["source"] == "cache", "the premise: the cache is used"
    yield own
    own.close()
    runtime.redis.client.cache_clear()


@pytest.fixture(params=["freeze", "kill"])
def lost_redis(request: pytest.FixtureRequest, redis: OwnRedis) -> OwnRedis:
    """The server of `redis`, frozen or killed: every request times out, or is refused."""
    getattr(redis, request.param)()
    return redis


@pytest.fixture
def attempts(monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture) -> Callable[[], int]:
    """The number of failed attempts to reach Redis.

    After a failure the product does not call Redis for `REST_SECONDS`, here for the whole test: a second attempt shows
    that code ignores the rest.
    """
    monkeypatch.setattr(runtime.redis, "REST_SECONDS", HANG_SECONDS)
    return lambda: sum("Redis does not answer" in record.getMessage() for record in caplog.records)


def test_totals_come_from_the_database_after_one_attempt(
    lost_redis: OwnRedis, attempts: Callable[[], int], test_series: Series
) -> None:
    issue(series_id=test_series.pk, drafts=drafts(3))
    for _ in range(3):
        found = totals.get("demo")
        assert (found["invoice_count"], found["source"]) == (3, "database")
    assert attempts() == 1


def start() -> object:
    return runs.start(rate_per_second=Decimal(5), duration_seconds=300)


@pytest.mark.django_db(transaction=True)
def test_start_stop_reset_and_purge_work_after_one_attempt(lost_redis: OwnRedis, attempts: Callable[[], int]) -> None:
    for call in (start, runs.stop, start, lambda: reset.reset("demo"), lambda: reset.reset("demo", purge=True)):
        call()
    assert attempts() == 1


@pytest.mark.django_db(transaction=True)
def test_invoices_are_issued_after_one_attempt(
    lost_redis: OwnRedis, attempts: Callable[[], int], test_series: Series
) -> None:
    issue(series_id=test_series.pk, drafts=drafts(3))
    assert totals.refresh("demo")["invoice_count"] == 3
    assert attempts() == 1


def test_the_cache_is_used_again_when_redis_is_back(lost_redis: OwnRedis) -> None:
    totals.get("demo")
    if lost_redis._process.poll() is None:
        lost_redis.thaw()
    else:
        lost_redis.start()
    wait_for(lambda: totals.get("demo")["source"] == "cache", "the cache to be used again")


def test_a_cached_entry_expires_while_redis_is_frozen(redis: OwnRedis, test_series: Series) -> None:
    totals.refresh("demo")
    redis.freeze()
    issue(series_id=test_series.pk, drafts=drafts(3))
    frozen_at = time.monotonic()
    wait_for(lambda: time.monotonic() - frozen_at > 1, "the entry to expire")
    redis.thaw()
    assert totals.get("demo")["invoice_count"] == 3


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("operation", [runs.stop, lambda: reset.reset("demo"), lambda: reset.reset("demo", purge=True)])
def test_no_read_gets_totals_from_before_an_operation_when_redis_wakes_up(
    redis: OwnRedis, test_series: Series, operation: Callable[[], object]
) -> None:
    """Redis freezes with an older entry, and answers again as soon as the operation has ended."""
    start()
    issue(series_id=test_series.pk, drafts=drafts(3))
    totals.refresh("demo")
    issue(series_id=test_series.pk, drafts=drafts(2))
    redis.freeze()
    operation()
    redis.thaw()
    runtime.redis._resting_until = 0.0  # as in a process that has not met the failure
    after = totals.get("demo")["invoice_count"]
    assert after == totals.refresh("demo")["invoice_count"]


def test_an_emptied_redis_costs_one_read_of_the_database(redis: OwnRedis, test_series: Series) -> None:
    issue(series_id=test_series.pk, drafts=drafts(3))
    runtime.redis.client().flushall()
    assert [totals.get("demo")["source"] for _ in range(2)] == ["database", "cache"]

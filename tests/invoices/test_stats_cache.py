"""The cached totals: never overwritten by an older read, expired in time, and not trusted when they are corrupt."""

from __future__ import annotations

import json
from typing import Any

import pytest
from django_redis import get_redis_connection
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from invoices import totals
from invoices.issue import issue
from invoices.models import Series
from invoices.totals import cache_key
from runtime.clock import read_clock
from tests.invoices.samples import drafts, run_sql
from tests.waiting import wait_for

pytestmark = pytest.mark.django_db

KEY = cache_key("demo", "SAR")


def read_only() -> tuple[dict[str, Any], int]:
    """A reading that was not written to the cache yet, and when it was made (ms)."""
    redis = get_redis_connection("default")
    kept, left = redis.get(KEY), redis.pttl(KEY)
    redis.delete(KEY)
    found = totals.refresh("demo")
    redis.delete(KEY)
    if kept:
        redis.set(KEY, kept, px=left)
    return found, now_ms()


def now_ms() -> int:
    return int(read_clock().timestamp() * 1000)


def cached() -> dict[str, Any] | None:
    text = get_redis_connection("default").get(KEY)
    return None if text is None else dict(json.loads(text))


def left_ms() -> int:
    return int(get_redis_connection("default").pttl(KEY))


def test_a_reading_from_before_a_change_does_not_overwrite_what_was_read_after(test_series: Series) -> None:
    """A reader that froze between reading and writing wakes up too late."""
    old = read_only()
    issue(series_id=test_series.pk, drafts=drafts(3))
    totals.refresh("demo")
    totals._store(*old)
    assert totals.get("demo")["invoice_count"] == 3


def test_a_reading_of_the_same_moment_prolongs_the_entry(test_series: Series) -> None:
    issue(series_id=test_series.pk, drafts=drafts(3))
    found, read_at = read_only()
    totals._store(found, read_at - totals.TTL_MS // 2)
    short = left_ms()
    totals._store(found, read_at)
    assert short < left_ms() <= totals.TTL_MS


@given(st.permutations(range(5)))
@settings(max_examples=20, suppress_health_check=list(HealthCheck))
def test_whatever_the_order_of_writing_the_newest_reading_stays(order: list[int]) -> None:
    get_redis_connection("default").delete(KEY)
    readings = []
    for _ in range(5):
        run_sql("UPDATE invoices_totals SET changed_at = clock_timestamp()")
        issue(series_id=Series.objects.get(prefix="DEMO1").pk, drafts=drafts(1))
        readings.append(read_only())
    newest = -1
    for number in order:
        totals._store(*readings[number])
        newest = max(newest, number)
        found = cached()
        assert found is None or found["as_of"] == readings[newest][0]["as_of"]


def test_an_entry_lives_for_less_than_a_second(test_series: Series) -> None:
    totals.refresh("demo")
    assert 0 < left_ms() <= totals.TTL_MS < 1000


@pytest.mark.parametrize("age_ms", [50, 150, 250])
def test_the_life_of_an_entry_counts_from_the_reading(test_series: Series, age_ms: int) -> None:
    found, read_at = read_only()
    totals._store(found, read_at - age_ms)
    assert left_ms() <= totals.TTL_MS - age_ms


def test_a_reading_that_is_too_old_is_not_written_at_all(test_series: Series) -> None:
    found, read_at = read_only()
    totals._store(found, read_at - totals.TTL_MS)
    assert cached() is None


def test_a_reading_from_a_clock_ahead_lives_no_longer_than_any_other(test_series: Series) -> None:
    found, read_at = read_only()
    totals._store(found, read_at + 3_600_000)
    assert 0 < left_ms() <= totals.TTL_MS


def test_after_its_life_the_database_is_asked_again(test_series: Series) -> None:
    totals.refresh("demo")
    issue(series_id=test_series.pk, drafts=drafts(3))
    assert totals.get("demo")["invoice_count"] == 0
    wait_for(lambda: totals.get("demo")["invoice_count"] == 3, "the entry to be gone")


@pytest.mark.parametrize("garbage", [b"", b"{", b"[]", b"null", b"7", b"\xff\xfe", b'{"as_of": 7}', b'{"feed": "x"}'])
def test_corrupt_totals_in_the_cache_are_not_trusted_and_are_replaced(test_series: Series, garbage: bytes) -> None:
    issue(series_id=test_series.pk, drafts=drafts(3))
    get_redis_connection("default").set(KEY, garbage)
    assert totals.get("demo")["invoice_count"] == 3
    found = cached()
    assert found is not None
    assert found["invoice_count"] == 3


def test_a_key_of_another_kind_is_passed_by(test_series: Series) -> None:
    get_redis_connection("default").lpush(KEY, "x")
    assert totals.get("demo")["source"] == "database"

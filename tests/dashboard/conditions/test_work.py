"""Conditions about the progress of work, checked in a real database at moments that the test gives."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal

import pytest
from django.conf import settings
from redis import Redis

from dashboard.conditions.work import Finding, Work
from invoices.generation import producer, runs
from runtime.broker import queue_key
from runtime.conditions import FIGURES_BEHIND
from streaming.models import Cursor
from streaming.operations import set_pace
from tests.clean import empty_redis
from tests.invoices.clock import let_pass
from tests.streaming.ledger import issue_rows, run_sql

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def redis_client() -> Redis:
    return empty_redis()


def looks(work: Work, *moments: float, between: Callable[[], object] = lambda: None) -> list[Finding]:
    """What the last of these looks found, but for figures: no process folds them here."""
    found: list[Finding] = []
    for moment in moments:
        found = work.look(moment)
        between()
    return [each for each in found if each.name != FIGURES_BEHIND]


def test_documents_that_are_not_folded_are_behind() -> None:
    issue_rows(5)
    work = Work()
    found = [[each for each in work.look(moment) if each.name == FIGURES_BEHIND] for moment in range(0, 25, 5)]
    assert found[0] == []
    (found_at_last,) = found[-1]
    assert "5 documents are not in the figures" in found_at_last.sentence


def test_nothing_to_do_is_nothing_wrong() -> None:
    assert looks(Work(), 0, 3, 6, 60) == []


def test_run_that_owes_invoices_and_issues_none_for_five_seconds_is_stalled() -> None:
    run = runs.start(rate_per_second=Decimal(1000), duration_seconds=3600)
    let_pass(run, 10)
    work = Work()
    assert looks(work, 0, 2, 4) == []
    (found,) = looks(work, 6)
    assert (found.name, found.subject) == ("run-stalled", f"run {run.pk}")
    assert "has issued none for 6 s" in found.sentence
    assert producer.tick() > 0
    assert [each for each in looks(work, 8) if each.name == "run-stalled"] == []


def test_run_that_issues_between_the_looks_is_not_stalled() -> None:
    run = runs.start(rate_per_second=Decimal(10), duration_seconds=3600)

    def issue_some_and_owe_more() -> None:
        let_pass(run, 60)
        assert producer.tick() > 0

    let_pass(run, 60)
    found = looks(Work(), 0, 3, 6, 9, between=issue_some_and_owe_more)
    assert not [each for each in found if each.name == "run-stalled"]


def test_run_that_owes_nothing_yet_is_not_stalled() -> None:
    runs.start(rate_per_second=Decimal("0.1"), duration_seconds=86400)
    assert looks(Work(), 0, 3, 6, 60) == []


def test_feed_with_rows_queued_that_shows_none_is_stalled() -> None:
    issue_rows(5)
    (found,) = looks(Work(), 0, 3, 6)
    assert (found.name, found.subject) == ("feed-stalled", "demo")
    assert found.sentence.startswith("5 rows of demo are queued and none was shown for 6 s")


def test_slow_feed_has_two_of_its_periods() -> None:
    set_pace("demo", rate_per_second=Decimal("0.1"))
    issue_rows(5)
    work = Work()
    assert looks(work, 0, 5, 10, 15) == []
    assert [each.name for each in looks(work, 20)] == ["feed-stalled"]


def test_feed_that_shows_far_less_than_its_rate_and_does_not_drain_is_growing() -> None:
    set_pace("demo", rate_per_second=Decimal(10))
    issue_rows(20)

    def one_more_than_is_shown() -> None:
        issue_rows(2)
        cursor = Cursor.objects.get(feed_id="demo")
        Cursor.objects.filter(feed_id="demo").update(position=cursor.position + 1, last_seq=cursor.last_seq + 1)

    (found,) = looks(Work(), *range(0, 14, 2), between=one_more_than_is_shown)
    assert (found.name, found.subject) == ("queue-growing", "feed/demo")
    assert "0.5 a second are shown instead of 10" in found.sentence


def make_job(queue: str, *, state: str = "queued", age_seconds: int = 0) -> None:
    moment = f"clock_timestamp() - interval '{age_seconds} seconds'"
    begun = ("clock_timestamp()", "clock_timestamp()") if state == "running" else ("NULL", "NULL")
    run_sql(
        "INSERT INTO jobs_job (kind, queue, arguments, state, done_count, error, result, created_by, created_at,"
        " started_at, heartbeat_at, attempt, stalled_count)"
        f" VALUES ('any', '{queue}', '{{}}', '{state}', 0, '', '', '', {moment}, {begun[0]}, {begun[1]}, 0, 0)"
    )


def test_a_queue_with_a_waiting_job_and_no_worker_is_growing() -> None:
    make_job("long")
    work = Work()
    assert looks(work, 0, 4, 8) == []
    (found,) = looks(work, 12)
    assert (found.name, found.subject) == ("queue-growing", "jobs/long")
    assert found.sentence.startswith("1 jobs wait in the queue long")


def test_job_that_waits_behind_a_long_one_is_as_it_should_be() -> None:
    make_job("long", state="running")
    make_job("long", age_seconds=600)
    assert looks(Work(), 0, 4, 8, 12) == []


def test_a_quick_job_is_late_after_a_minute_even_when_a_worker_is_active() -> None:
    make_job("quick", state="running")
    make_job("quick", age_seconds=90)
    assert [(each.name, each.subject) for each in looks(Work(), 0)] == [("queue-growing", "jobs/quick")]


def test_celery_queue_from_which_nothing_is_taken_is_growing(redis_client: Redis) -> None:
    with Redis.from_url(settings.REDIS_URL) as redis:
        redis.rpush(queue_key("ticks"), "a message")
        work = Work()
        assert looks(work, 0, 4, 8) == []
        assert [(each.name, each.subject) for each in looks(work, 12)] == [("queue-growing", "celery/ticks")]
        redis.rpush(queue_key("ticks"), "another")
        assert len(looks(work, 14)) == 1
        redis.lpop(queue_key("ticks"))
        assert looks(work, 16) == []

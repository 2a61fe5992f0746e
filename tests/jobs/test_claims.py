"""A job is claimed by one process, kept while that process renews its claim, and lost when the claim expires."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.db import IntegrityError, transaction

from jobs import claims, operations, registry
from jobs.models import Job
from jobs.needed import LOST_SECONDS
from runtime.clock import ClockTimestamp

pytestmark = pytest.mark.django_db


def enqueue(kind: str = "test.count_up") -> Job:
    return operations.enqueue(kind, {"file": "a.csv"}, created_by="ann")


def taken(queue: str = "long") -> Job:
    job = claims.claim_next(queue)
    assert job is not None
    return job


def forget(job: Job, seconds: float = LOST_SECONDS + 1) -> None:
    """Let its last heartbeat be so long ago."""
    Job.objects.filter(pk=job.pk).update(heartbeat_at=ClockTimestamp() - timedelta(seconds=seconds))


def test_the_oldest_job_is_claimed_first_and_by_one_process_only() -> None:
    first, second = enqueue(), enqueue()
    assert [taken().pk, taken().pk] == [first.pk, second.pk]
    assert claims.claim_next("long") is None


def test_queues_are_separate() -> None:
    registry.register("test.quick", "tests.jobs.kinds.count_up", queue="quick")
    enqueue()
    quick = enqueue("test.quick")
    assert claims.waiting_queues() == ["long", "quick"]
    assert taken("quick").pk == quick.pk
    assert claims.waiting_queues() == ["long"]


def test_no_message_is_due_while_a_process_works_on_the_queue() -> None:
    enqueue()
    enqueue()
    job = taken()
    assert claims.waiting_queues() == []
    claims.finish(job, report=None)
    assert claims.waiting_queues() == ["long"]


def test_a_job_without_heartbeat_is_claimed_again_and_lost_to_its_first_process() -> None:
    enqueue()
    lost = taken()
    forget(lost)
    assert claims.waiting_queues() == ["long"]
    mine = taken()
    assert (mine.pk, mine.attempt) == (lost.pk, 2)
    assert not claims.renew(lost)
    assert not claims.finish(lost, report={})
    with pytest.raises(claims.LostJob):
        claims.advance(lost, done=1, total=2)
    claims.advance(mine, done=1, total=2)
    assert claims.finish(mine, report={"documents": 1})


def test_a_job_with_a_renewed_claim_is_not_claimed_again() -> None:
    enqueue()
    job = taken()
    forget(job)
    assert claims.renew(job)
    assert claims.claim_next("long") is None


def test_given_back_it_waits_as_before() -> None:
    enqueue()
    job = taken()
    assert claims.give_back(job)
    again = taken()
    assert (again.attempt, again.stalled_count) == (2, 1)


def test_given_back_it_waits_behind_the_others() -> None:
    first, second = enqueue(), enqueue()
    claims.give_back(taken())
    assert [taken().pk, taken().pk] == [second.pk, first.pk]


@pytest.mark.parametrize("is_running", [False, True], ids=["queued", "running"])
def test_a_cancelled_job_is_ended_at_once_and_its_attempt_moves_nothing(is_running: bool) -> None:
    job = enqueue()
    if is_running:
        job = taken()
        claims.advance(job, done=1, total=2, report={"documents": 1})
    cancelled = operations.cancel(job.pk)
    assert (cancelled.state, cancelled.ended_at is not None) == ("cancelled", True)
    assert claims.claim_next("long") is None
    with pytest.raises(claims.LostJob):
        claims.advance(job, done=2, total=2, report={"documents": 2})
    assert not claims.finish(job, report={"documents": 2})
    job.refresh_from_db()
    assert (job.state, job.report) == ("cancelled", {"documents": 1} if is_running else None)


@pytest.mark.parametrize("end", [claims.finish, claims.fail], ids=["done", "failed"])
def test_what_has_ended_cannot_be_cancelled(end: Any) -> None:
    enqueue()
    job = taken()
    end(job, report=None) if end is claims.finish else end(job, "It failed.")
    with pytest.raises(operations.AlreadyEnded, match="only a queued or running job"):
        operations.cancel(job.pk)
    with pytest.raises(operations.UnknownJob):
        operations.cancel(999999)


def test_a_cancelled_one_can_be_tried_again_and_goes_on() -> None:
    job = enqueue()
    operations.cancel(job.pk)
    with pytest.raises(operations.AlreadyEnded, match="is already cancelled"):
        operations.cancel(job.pk)
    assert operations.retry(job.pk).state == "queued"
    assert taken().pk == job.pk


def test_a_failed_one_can_be_tried_again_and_no_other() -> None:
    enqueue()
    job = taken()
    with pytest.raises(operations.NotFailed, match="is running"):
        operations.retry(job.pk)
    claims.fail(job, "It failed.")
    assert operations.retry(job.pk).state == "queued"
    assert taken().pk == job.pk
    with pytest.raises(operations.UnknownJob, match="no job 999999"):
        operations.retry(999999)


def test_an_unknown_kind_of_job_is_refused() -> None:
    with pytest.raises(
        registry.UnknownKind, match=r"'test\.nothing' is not a known kind of job: use one of .*test\.count_up"
    ):
        enqueue("test.nothing")
    assert not Job.objects.exists()


@pytest.mark.parametrize(
    "wrong",
    [{"state": "lost"}, {"queue": "slow"}, {"state": "running"}, {"state": "done"}, {"error": "It failed."}],
    ids=str,
)
def test_the_database_refuses_a_state_that_cannot_be(wrong: dict[str, str]) -> None:
    job = enqueue()
    with pytest.raises(IntegrityError), transaction.atomic():
        Job.objects.filter(pk=job.pk).update(**wrong)

"""The moves of a job, each one statement: taken up, kept, got further, ended. Whoever lost it moves nothing.

A job is taken up by raising its `attempt`; every later move of that attempt names it. A process that was frozen or cut
off and comes back finds another attempt on the row, and its transaction comes to nothing.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.db import connection
from django.db.models import F
from django.db.models.functions import Greatest

from jobs.models import Job
from jobs.needed import IS_FREE, LANES
from runtime.clock import ClockTimestamp

BEAT_SECONDS = 1.0
# Ended so often without getting any further (killed, out of memory), and it is not tried again by itself.
MOST_STALLED = 5

_TAKE = f"""
UPDATE jobs_job SET state = 'running', attempt = attempt + 1, stalled_count = stalled_count + 1,
    started_at = coalesce(started_at, clock_timestamp()), heartbeat_at = clock_timestamp()
WHERE id = (
    SELECT id FROM jobs_job WHERE lane = %s AND state IN ('queued', 'running') AND {IS_FREE}
    ORDER BY queued_at, id LIMIT 1 FOR UPDATE SKIP LOCKED
) RETURNING id
"""


class LostJob(RuntimeError):
    """The job was cancelled or taken up by another process; what was being done for it must be rolled back."""


def waiting_queues() -> list[str]:
    """The lanes in which a job waits and none is being worked."""
    with connection.cursor() as cursor:
        cursor.execute(LANES)
        return [lane for (lane,) in cursor.fetchall()]


def claim_next(lane: str) -> Job | None:
    """Take up the job of `lane` that has waited longest and that nobody works on; None when there is none."""
    with connection.cursor() as cursor:
        cursor.execute(_TAKE, [lane])
        row = cursor.fetchone()
    return Job.objects.get(pk=row[0]) if row else None


def renew(job: Job) -> bool:
    """Say that the job is being worked on; False when it is somebody else's by now."""
    return _move(job, {"heartbeat_at": ClockTimestamp()})


def advance(job: Job, *, done: int, total: int | None, report: Mapping[str, Any] | None = None) -> None:
    """Note how far it is and, when given, its report so far; raises `LostJob`.

    In a transaction, the job's row is locked until the commit.
    """
    further: dict[str, Any] = {"done_count": done, "total_count": total, "stalled_count": 0}
    if report is not None:
        further["report"] = dict(report)
    if not _move(job, {**further, "heartbeat_at": ClockTimestamp()}):
        raise LostJob(f"Job {job.pk} was cancelled, or taken over from attempt {job.attempt}.")


def finish(job: Job, *, report: Mapping[str, Any] | None, result: str = "") -> bool:
    """It is done."""
    report = dict(report) if report is not None else None
    return _move(job, {"state": Job.State.DONE, "ended_at": ClockTimestamp(), "report": report, "result": result})


def fail(job: Job, error: str) -> bool:
    """It cannot be done, for the reason `error`, a sentence."""
    return _move(job, {"state": Job.State.FAILED, "ended_at": ClockTimestamp(), "error": error or "It failed."})


def give_back(job: Job) -> bool:
    """It is to go on later, in another process: this one is being stopped."""
    place = {"queued_at": ClockTimestamp(), "stalled_count": Greatest(F("stalled_count") - 1, 0)}
    return _move(job, {"state": Job.State.QUEUED, **place})


def _move(job: Job, values: Mapping[str, Any]) -> bool:
    mine = Job.objects.filter(pk=job.pk, state=Job.State.RUNNING, attempt=job.attempt)
    return mine.update(**values) == 1

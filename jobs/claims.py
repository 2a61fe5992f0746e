"""The state changes of a job, each one statement: claim, renew, advance, end. A process that lost the job changes
nothing.

A claim raises the job's `attempt`, and every later change of that attempt names it. A process that was suspended or
disconnected and resumes finds another attempt on the row, and its transaction is rolled back.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.db import connection
from django.db.models import F
from django.db.models.functions import Greatest

from jobs.models import Job
from jobs.needed import IS_FREE, QUEUES
from runtime.clock import ClockTimestamp

BEAT_SECONDS = 1.0
# After this many ends without progress (killed, out of memory), a job is not retried automatically.
MOST_STALLED = 5

_TAKE = f"""
UPDATE jobs_job SET state = 'running', attempt = attempt + 1, stalled_count = stalled_count + 1,
    started_at = coalesce(started_at, clock_timestamp()), heartbeat_at = clock_timestamp()
WHERE id = (
    SELECT id FROM jobs_job WHERE queue = %s AND state IN ('queued', 'running') AND {IS_FREE}
    ORDER BY queued_at, id LIMIT 1 FOR UPDATE SKIP LOCKED
) RETURNING id
"""


class LostJob(RuntimeError):
    """The job was cancelled or claimed by another process; the work of this transaction must be rolled back."""


def waiting_queues() -> list[str]:
    """The queues in which a job waits and no process works."""
    with connection.cursor() as cursor:
        cursor.execute(QUEUES)
        return [queue for (queue,) in cursor.fetchall()]


def claim_next(queue: str) -> Job | None:
    """Claim the job of `queue` that has waited longest and that no process works on; None without one."""
    with connection.cursor() as cursor:
        cursor.execute(_TAKE, [queue])
        row = cursor.fetchone()
    return Job.objects.get(pk=row[0]) if row else None


def renew(job: Job) -> bool:
    """Renew the claim on the job; False when another process has it by now."""
    return _move(job, {"heartbeat_at": ClockTimestamp()})


def advance(job: Job, *, done: int, total: int | None, report: Mapping[str, Any] | None = None) -> None:
    """Record the progress and, when given, the report so far; raises `LostJob`.

    In a transaction, the row of the job stays locked until the commit.
    """
    further: dict[str, Any] = {"done_count": done, "total_count": total, "stalled_count": 0}
    if report is not None:
        further["report"] = dict(report)
    if not _move(job, {**further, "heartbeat_at": ClockTimestamp()}):
        raise LostJob(f"Job {job.pk} was cancelled, or taken over from attempt {job.attempt}.")


def finish(job: Job, *, report: Mapping[str, Any] | None, result: str = "") -> bool:
    """Record that the job is done."""
    report = dict(report) if report is not None else None
    return _move(job, {"state": Job.State.DONE, "ended_at": ClockTimestamp(), "report": report, "result": result})


def fail(job: Job, error: str) -> bool:
    """Record that the job failed, for the reason `error`, a sentence."""
    return _move(job, {"state": Job.State.FAILED, "ended_at": ClockTimestamp(), "error": error or "It failed."})


def give_back(job: Job) -> bool:
    """Return the job to the queue for another process: this one is stopping."""
    place = {"queued_at": ClockTimestamp(), "stalled_count": Greatest(F("stalled_count") - 1, 0)}
    return _move(job, {"state": Job.State.QUEUED, **place})


def _move(job: Job, values: Mapping[str, Any]) -> bool:
    mine = Job.objects.filter(pk=job.pk, state=Job.State.RUNNING, attempt=job.attempt)
    return mine.update(**values) == 1

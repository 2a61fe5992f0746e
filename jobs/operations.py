"""The door of `jobs`: put a piece of work into the queue, look at it, cancel it, try it again."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from jobs import registry
from jobs.models import Job
from runtime.clock import ClockTimestamp


class UnknownJob(LookupError):
    """There is no job of that number."""


class NotFailed(RuntimeError):
    """Only a job that failed or was cancelled can be tried again."""


class AlreadyEnded(RuntimeError):
    """Only a job that is queued or running can be cancelled."""


def enqueue(
    kind: str, arguments: Mapping[str, Any] | None = None, *, created_by: str = "", lane: Job.Lane | None = None
) -> Job:
    """Have a job of `kind` done in the background, soon after the commit; returns its row.

    Nothing is sent: beat sees the row within half a second and nudges the `jobs` process. `lane` is for a job that takes
    longer than others of its kind. Raises `registry.UnknownKind`.
    """
    lane = lane or registry.entry(kind).lane
    return Job.objects.create(kind=kind, lane=lane, arguments=dict(arguments or {}), created_by=created_by)


def find(job_id: int) -> Job:
    """The job of that number; raises `UnknownJob`."""
    try:
        return Job.objects.get(pk=job_id)
    except Job.DoesNotExist:
        raise UnknownJob(f"There is no job {job_id}.") from None


def cancel(job_id: int) -> Job:
    """Cancel a job that has not ended; returns its row. Raises `UnknownJob` or `AlreadyEnded`.

    The row alone decides: what a process has not committed for the job by now is rolled back, and that process ends its
    work within seconds. What was committed before stays, and `report` counts it.
    """
    changed = Job.objects.filter(pk=job_id, state__in=Job.OPEN).update(
        state=Job.State.CANCELLED, ended_at=ClockTimestamp()
    )
    job = find(job_id)
    if not changed:
        raise AlreadyEnded(f"Job {job_id} is {job.state} already; only a queued or running job can be cancelled.")
    return job


def retry(job_id: int) -> Job:
    """Put a failed or cancelled job back into the queue; raises `UnknownJob` or `NotFailed`."""
    changed = Job.objects.filter(pk=job_id, state__in=[Job.State.FAILED, Job.State.CANCELLED]).update(
        state=Job.State.QUEUED, error="", ended_at=None, stalled_count=0, queued_at=ClockTimestamp()
    )
    job = find(job_id)
    if not changed:
        raise NotFailed(f"Job {job_id} is {job.state}; only a failed or cancelled job can be tried again.")
    return job

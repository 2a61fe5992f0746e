"""The door of `jobs`: put a piece of work into the queue, look at it, try it again."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from jobs import registry
from jobs.models import Job


class UnknownJob(LookupError):
    """There is no job of that number."""


class NotFailed(RuntimeError):
    """Only a job that failed can be tried again."""


def enqueue(kind: str, arguments: Mapping[str, Any] | None = None, *, created_by: str = "") -> Job:
    """Have a job of `kind` done in the background, soon after the commit; returns its row.

    Nothing is sent: beat sees the row within half a second and nudges the `jobs` process. Raises `registry.UnknownKind`.
    """
    lane = registry.entry(kind).lane
    return Job.objects.create(kind=kind, lane=lane, arguments=dict(arguments or {}), created_by=created_by)


def find(job_id: int) -> Job:
    """The job of that number; raises `UnknownJob`."""
    try:
        return Job.objects.get(pk=job_id)
    except Job.DoesNotExist:
        raise UnknownJob(f"There is no job {job_id}.") from None


def retry(job_id: int) -> Job:
    """Put a failed job back into the queue; raises `UnknownJob` or `NotFailed`."""
    changed = Job.objects.filter(pk=job_id, state=Job.State.FAILED).update(
        state=Job.State.QUEUED, error="", ended_at=None, stalled_count=0
    )
    job = find(job_id)
    if not changed:
        raise NotFailed(f"Job {job_id} is {job.state}; only a failed one can be tried again.")
    return job

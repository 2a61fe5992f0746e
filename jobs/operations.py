"""The public operations of `jobs`: enqueue, find, cancel and retry a job."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from jobs import registry
from jobs.models import Job
from runtime.clock import ClockTimestamp


class UnknownJob(LookupError):
    """No job has that number."""


class NotFailed(RuntimeError):
    """The job did not fail and was not cancelled, so it cannot be retried."""


class AlreadyEnded(RuntimeError):
    """The job is neither queued nor running, so it cannot be cancelled."""


def enqueue(
    kind: str, arguments: Mapping[str, Any] | None = None, *, created_by: str = "", queue: Job.Queue | None = None,
    store_id: int | None = None,
) -> Job:  # fmt: skip
    """Add a job of `kind` to its queue, to be done soon after the commit; returns its row.

    No message is sent: beat finds the row within half a second and notifies the `jobs` process. `queue` selects another
    queue for a job that takes longer than others of its kind. Members of the account of the store `store_id` see the
    job. Raises `registry.UnknownKind`.
    """
    queue = queue or registry.entry(kind).queue
    return Job.objects.create(
        kind=kind, queue=queue, arguments=dict(arguments or {}), created_by=created_by, store_id=store_id
    )


def find(job_id: int) -> Job:
    """The job with that number; raises `UnknownJob`."""
    try:
        return Job.objects.get(pk=job_id)
    except Job.DoesNotExist:
        raise UnknownJob(f"There is no job {job_id}.") from None


def cancel(job_id: int) -> Job:
    """Cancel a job that has not ended; returns its row. Raises `UnknownJob` or `AlreadyEnded`.

    The row alone decides: work that a process has not committed by now is rolled back, and the process stops within
    seconds. Work committed before stays, and `report` counts it.
    """
    changed = Job.objects.filter(pk=job_id, state__in=Job.OPEN).update(
        state=Job.State.CANCELLED, ended_at=ClockTimestamp()
    )
    job = find(job_id)
    if not changed:
        raise AlreadyEnded(f"Job {job_id} is already {job.state}; only a queued or running job can be cancelled.")
    return job


def retry(job_id: int) -> Job:
    """Return a failed or cancelled job to its queue; raises `UnknownJob` or `NotFailed`."""
    changed = Job.objects.filter(pk=job_id, state__in=[Job.State.FAILED, Job.State.CANCELLED]).update(
        state=Job.State.QUEUED, error="", ended_at=None, stalled_count=0, queued_at=ClockTimestamp()
    )
    job = find(job_id)
    if not changed:
        raise NotFailed(f"Job {job_id} is {job.state}; only a failed or cancelled job can be retried.")
    return job

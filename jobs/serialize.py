"""The fields that the API shows of every kind of background job."""

from __future__ import annotations

from typing import Any, Literal

from jobs import operations
from jobs.models import Job
from runtime.formats import iso

JobState = Literal["queued", "running", "done", "failed", "cancelled"]
# PostgreSQL stores no larger number, so no job has one.
LARGEST_ID = 2**63 - 1


def find_job(kind: str, job_id: int, what: str) -> Job:
    """The job of that number and kind; raises `UnknownJob`, whose sentence calls the job `what`."""
    job = operations.find(job_id) if job_id <= LARGEST_ID else None
    if job is None or job.kind != kind:
        raise operations.UnknownJob(f"There is no {what} {job_id}.")
    return job


def present_job(job: Job) -> dict[str, Any]:
    """The fields that all jobs have."""
    times = {name: getattr(job, name) for name in ("created_at", "started_at", "ended_at")}
    return {
        "id": job.pk,
        "state": job.state,
        **{name: iso(moment) if moment else None for name, moment in times.items()},
        "error": job.error or None,
    }

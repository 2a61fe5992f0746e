"""The door of `jobs`: put a piece of work into the queue, look at it, try it again."""

from __future__ import annotations

import shutil
import time
from collections.abc import Mapping
from datetime import timedelta
from pathlib import Path
from typing import Any

from django.conf import settings

from jobs import registry
from jobs.models import Job
from runtime.clock import ClockTimestamp

# How long what a job was given and what it made is kept on disk. The row stays.
KEPT_DAYS = 7


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


def directory(job_id: int) -> Path:
    """Where the files of a job are: what it was given and what it made. Made when it is asked for."""
    path = settings.INVOICEDASH_DATA_DIR / "jobs" / str(job_id)
    path.mkdir(parents=True, exist_ok=True, mode=0o700)
    return Path(path)


def result_path(job: Job) -> Path | None:
    """The file that the job made; None when it made none or it is kept no longer."""
    path = settings.INVOICEDASH_DATA_DIR / job.result
    return Path(path) if job.result and path.is_file() else None


def remove_old_files() -> None:
    """Remove the files of jobs that ended more than `KEPT_DAYS` ago, and of jobs that are no more."""
    root = settings.INVOICEDASH_DATA_DIR / "jobs"
    found = {int(path.name): path for path in root.glob("[0-9]*") if path.name.isdigit()}
    since = ClockTimestamp() - timedelta(days=KEPT_DAYS)
    kept = Job.objects.filter(pk__in=found).exclude(ended_at__lt=since).values_list("pk", flat=True)
    for job_id in found.keys() - set(kept):
        shutil.rmtree(found[job_id], ignore_errors=True)
    # What was being uploaded when the web process was killed.
    for path in (root / "incoming").glob("*"):
        if time.time() - path.stat().st_mtime > 86400:
            path.unlink(missing_ok=True)

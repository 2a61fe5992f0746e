"""The files of jobs, in one directory per job: its input and its result."""

from __future__ import annotations

import shutil
import time
from datetime import timedelta
from pathlib import Path

from django.conf import settings

from jobs.models import Job
from runtime.clock import ClockTimestamp

# The number of days for which the files of a job stay on disk. The row stays.
KEPT_DAYS = 7


def directory(job_id: int) -> Path:
    """The directory of a job's input and result; created on request."""
    path = settings.INVOICEDASH_DATA_DIR / "jobs" / str(job_id)
    path.mkdir(parents=True, exist_ok=True, mode=0o700)
    return Path(path)


def result_path(job: Job) -> Path | None:
    """The result file of the job; None when it made none or the file has expired."""
    path = settings.INVOICEDASH_DATA_DIR / job.result
    return Path(path) if job.result and path.is_file() else None


def remove_old_files() -> None:
    """Remove the files of jobs that ended more than `KEPT_DAYS` ago, and of jobs whose row is deleted."""
    root = settings.INVOICEDASH_DATA_DIR / "jobs"
    found = {int(path.name): path for path in root.glob("[0-9]*") if path.name.isdigit()}
    since = ClockTimestamp() - timedelta(days=KEPT_DAYS)
    kept = Job.objects.filter(pk__in=found).exclude(ended_at__lt=since).values_list("pk", flat=True)
    for job_id in found.keys() - set(kept):
        shutil.rmtree(found[job_id], ignore_errors=True)
    # Files of uploads that were under way when the web process was killed.
    for path in (root / "incoming").glob("*"):
        if time.time() - path.stat().st_mtime > 86400:
            path.unlink(missing_ok=True)

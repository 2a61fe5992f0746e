"""What a job's function is handed: the job, its files, and how to say how far it is."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from django.conf import settings

from jobs import claims, files
from jobs.models import Job


class JobFailed(Exception):
    """The job cannot be done, and trying again would not help; the text is one sentence for whoever asked for it."""


class Work:
    """One attempt at a job."""

    def __init__(self, job: Job) -> None:
        self.job = job
        self.result = ""

    @property
    def arguments(self) -> dict[str, Any]:
        """What the job was asked for."""
        arguments: dict[str, Any] = self.job.arguments
        return arguments

    def path(self, name: str) -> Path:
        """A file of this job of that name, in the job's own directory."""
        return files.directory(self.job.pk) / name

    def advance(self, done: int, total: int | None = None, *, report: Mapping[str, Any] | None = None) -> None:
        """Say that `done` of `total` is done; raises `LostJob` when the job was cancelled or taken over.

        Call it at the end of each transaction that writes: it fences, so what a lost attempt wrote is rolled back, and
        `job.done_count` is committed with what it counts, for the next attempt to go on from. So is `report`, which
        stays when the job is cancelled.
        """
        claims.advance(self.job, done=done, total=total, report=report)
        self.job.done_count, self.job.total_count = done, total

    def keep(self, path: Path) -> None:
        """Name the file, made by `path()`, that is the job's result."""
        self.result = str(path.relative_to(settings.INVOICEDASH_DATA_DIR))

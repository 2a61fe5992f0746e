"""The argument of a job's function: the job, its files, and how to report progress."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any, BinaryIO

from django.conf import settings

from jobs import claims, files
from jobs.models import Job


class JobFailed(Exception):
    """The job cannot be done, and a retry would not help; the text is one sentence for the user who asked for it."""


class Work:
    """One attempt at a job."""

    def __init__(self, job: Job) -> None:
        self.job = job
        self.result = ""

    @property
    def arguments(self) -> dict[str, Any]:
        """The arguments of the job."""
        arguments: dict[str, Any] = self.job.arguments
        return arguments

    def path(self, name: str) -> Path:
        """The path of a file of that name in the job's own directory."""
        return files.directory(self.job.pk) / name

    @contextmanager
    def write_file(self, name: str) -> Iterator[BinaryIO]:
        """Open the job's result for writing. The file gets its name once it is whole and on disk; otherwise none is left.

        Raises `JobFailed` when the disk refuses it.
        """
        path = self.path(name)
        part = path.with_suffix(".part")
        try:
            with part.open("wb") as sink:
                yield sink
                sink.flush()
                os.fsync(sink.fileno())
            os.replace(part, path)
        except OSError as error:
            raise JobFailed(f"The file could not be written: {error.strerror}.") from error
        finally:
            part.unlink(missing_ok=True)
        self.keep(path)

    def advance(self, done: int, total: int | None = None, *, report: Mapping[str, Any] | None = None) -> None:
        """Record that `done` of `total` is done; raises `LostJob` when the job was cancelled or taken over.

        Call it at the end of each transaction that writes: it rolls back the writes of a lost attempt, and it commits
        `job.done_count` together with the work, so that the next attempt can continue. The same applies to `report`,
        which stays when the job is cancelled.
        """
        claims.advance(self.job, done=done, total=total, report=report)
        self.job.done_count, self.job.total_count = done, total

    def keep(self, path: Path) -> None:
        """Set the job's result to the file at `path`, which comes from `path()`."""
        self.result = str(path.relative_to(settings.INVOICEDASH_DATA_DIR))

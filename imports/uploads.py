"""Imports an uploaded file as a job: writes it to disk while it arrives, with a size limit, and enqueues the import."""

from __future__ import annotations

import os
import threading
import uuid
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import transaction

from imports import previews
from imports.job import FILE
from imports.previews import Preview
from imports.reading import options
from imports.reading.options import Options
from jobs import files, operations
from jobs.models import Job

KIND = "import"
LARGEST_UPLOAD = 256 * 1024 * 1024
CHUNK = 1024 * 1024
# Each keeps its file on disk.
MOST_OPEN = 100
# Each may unpack a workbook in a process of its own.
MOST_PREVIEWS = 3
_previewing = threading.BoundedSemaphore(MOST_PREVIEWS)


class EmptyUpload(ValueError):
    """The uploaded file is empty."""


class TooLarge(ValueError):
    """The uploaded file is larger than `LARGEST_UPLOAD`."""


class TooManyImports(RuntimeError):
    """`MOST_OPEN` imports are waiting or running already."""


def upload(chunks: Iterable[bytes], *, name: str, given: Mapping[str, Any], created_by: str) -> Job:
    """Keep what comes in and have it imported with the options `given`; returns the job.

    Raises `BadOption`, `EmptyUpload`, `TooLarge` or `TooManyImports`; then nothing is kept.
    """
    chosen = options.make(given)
    if Job.objects.filter(kind=KIND, state__in=Job.OPEN).count() >= MOST_OPEN:
        raise TooManyImports(f"{MOST_OPEN} imports are waiting or under way; cancel one, or try again later.")
    path = _keep(chunks)
    try:
        return _enqueue(path, name, chosen, created_by)
    except BaseException:
        path.unlink(missing_ok=True)
        raise


def preview_upload(chunks: Iterable[bytes], *, name: str, given: Mapping[str, Any]) -> Preview:
    """What the file that comes in is; it is not kept. Raises as `upload`, and `BadFile`."""
    chosen = options.make(given)
    if not _previewing.acquire(blocking=False):
        raise TooManyImports(f"{MOST_PREVIEWS} files are previewed at this moment; try again.")
    try:
        return _preview(chunks, name, chosen)
    finally:
        _previewing.release()


def _preview(chunks: Iterable[bytes], name: str, chosen: Options) -> Preview:
    path = _keep(chunks)
    try:
        return previews.preview(path, Path(name).name[:255] or "upload", chosen)
    finally:
        path.unlink(missing_ok=True)


def _keep(chunks: Iterable[bytes]) -> Path:
    folder = Path(settings.INVOICEDASH_DATA_DIR) / "jobs" / "incoming"
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    path = folder / uuid.uuid4().hex
    size = 0
    try:
        with path.open("xb") as file:
            for chunk in chunks:
                size += len(chunk)
                if size > LARGEST_UPLOAD:
                    raise TooLarge(f"The file is larger than {LARGEST_UPLOAD // 1024**2} MiB; compress or split it.")
                file.write(chunk)
            file.flush()
            os.fsync(file.fileno())
        if not size:
            raise EmptyUpload("The file is empty; send one with rows.")
    except BaseException:
        path.unlink(missing_ok=True)
        raise
    return path


@transaction.atomic
def _enqueue(path: Path, name: str, chosen: Options, created_by: str) -> Job:
    """The file is in the job's directory before the job is visible."""
    arguments = {"options": chosen.as_json(), "name": Path(name).name[:255] or "upload"}
    job = operations.enqueue(KIND, arguments, created_by=created_by)
    path.rename(files.directory(job.pk) / FILE)
    return job

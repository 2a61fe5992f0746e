"""The job that makes a file of figures. A cancelled or failed job leaves no file."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from analytics.metrics.exporting.tables import read_table
from analytics.metrics.exporting.writers import write
from analytics.metrics.query import BadQuery
from analytics.metrics.standing import within_scope
from exports.files.formats import Format
from jobs import operations
from jobs.models import Job
from jobs.registry import Steps
from jobs.work import JobFailed, Work
from runtime import replica

KIND = "figures"
MOST_OPEN = 10


class TooManyOpen(RuntimeError):
    """As many files as may be are waiting or being made."""


def start(of: str, given: Mapping[str, Sequence[str]], form: Format, *, created_by: str) -> Job:
    """Have the file made; returns the job. Raises `TooManyOpen` and `BadQuery`."""
    if Job.objects.filter(kind=KIND, state__in=Job.OPEN).count() >= MOST_OPEN:
        raise TooManyOpen(f"{MOST_OPEN} exports of figures are waiting or being made; try again later.")
    arguments = {"of": of, "query": within_scope(given), "format": str(form)}
    return operations.enqueue(KIND, arguments, created_by=created_by)


def run(work: Work) -> Steps:
    """Make the file, chunk by chunk; raises `JobFailed`."""
    form = Format(work.arguments["format"])
    name = f"figures.{form}"
    count = 0
    try:
        source = replica.choose()
        with source.reading():
            table = read_table(work.arguments["of"], work.arguments["query"])
        table = replace(table, chunks=source.each(table.chunks))
        with work.write_file(name) as sink:
            for count in write(table, form, sink):
                work.advance(count)
                yield None
    except BadQuery as error:
        raise JobFailed(f"The file could not be made: {error}") from error
    path = work.path(name)
    return {"rows": count, "bytes": path.stat().st_size, "sha256": _digest(path)}


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()

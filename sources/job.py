"""Imports an uploaded file in the background. Its report is the job's."""

from __future__ import annotations

from typing import Any

from django.utils import timezone

from invoices.series import WrongSeries
from jobs.work import JobFailed, Work
from sources import importing
from sources.importing import Elsewhere, OtherOptions
from sources.reading import options
from sources.reading.lines import BadFile

FILE = "upload"


def run(work: Work) -> dict[str, Any]:
    """Import the job's file with its options; raises `JobFailed`."""
    chosen = options.make(work.arguments["options"])
    name = work.arguments["name"]
    path = work.path(FILE)
    if not path.is_file():
        raise JobFailed(f"{name} is kept no longer; upload it again.")

    def tell(done: int, total: int) -> None:
        work.advance(done, total)

    def guard() -> None:
        work.advance(work.job.done_count, work.job.total_count)

    try:
        report = importing.import_files(
            [path], chosen, names=[name], created_by=work.job.created_by, tell=tell, guard=guard
        )
    except (BadFile, Elsewhere, OtherOptions, WrongSeries) as error:
        raise JobFailed(str(error)) from None
    return report.as_json() | {"file": name, "ended_at": timezone.now().isoformat()}

"""Imports an uploaded file in the background. The report belongs to the job, also after a cancel or a crash."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils import timezone

from imports import importing
from imports.importing import ImportInProgress, ImportRequest, TooManyBroken
from imports.opening import OptionsChanged
from imports.reading import options
from imports.reading.lines import BadFile
from invoices.series import WrongSeries
from jobs.registry import Steps
from jobs.work import JobFailed, Work

FILE = "upload"


def run(work: Work) -> Steps:
    """Import the job's file with its options, batch by batch; raises `JobFailed`."""
    name = work.arguments["name"]
    path = work.path(FILE)
    if not path.is_file():
        raise JobFailed(f"{name} is kept no longer; upload it again.")
    try:
        report = yield from importing.import_steps([path], [name], _request_of(work))
    except (BadFile, ImportInProgress, OptionsChanged, TooManyBroken, WrongSeries) as error:
        raise JobFailed(str(error)) from None
    return report.as_json() | _about(name)


def _request_of(work: Work) -> ImportRequest:
    name = work.arguments["name"]

    def guard(report: Mapping[str, Any]) -> None:
        work.advance(work.job.done_count, work.job.total_count, report={**report, **_about(name)})

    return ImportRequest(
        options=options.make(work.arguments["options"]),
        created_by=work.job.created_by,
        folder=work.path(FILE).parent,
        has_begun=work.job.report is not None,
        on_progress=work.advance,
        guard=guard,
    )


def _about(name: str) -> dict[str, str]:
    return {"file": name, "ended_at": timezone.now().isoformat()}

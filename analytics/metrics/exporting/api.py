"""The API's calls for files of figures: have one made, ask whether it is made, and fetch it."""

from __future__ import annotations

from typing import Any, Literal

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from ninja import Router, Schema, Status
from ninja.errors import ValidationError

from accounts import access
from analytics.metrics.exporting import job as jobs
from analytics.metrics.exporting.tables import check
from analytics.metrics.query import BadQuery
from analytics.metrics.schemas import MetricsIn
from exports.files.formats import MEDIA_TYPES, Format
from exports.files.made import send_result
from jobs.models import Job
from jobs.serialize import JobState, find_job, present_job
from web.openapi import answers
from web.permissions import requires
from web.problems import problem
from web.schemas import Problem, Strict

router = Router(tags=["analytics"])
ERRORS = {frozenset({401, 403, 404, 422, 503}): Problem}


class FiguresExportIn(Strict):
    """`of` names the call whose answer becomes the file; `query` has its parameters, by the names of either form."""

    query: MetricsIn
    format: Format
    of: Literal["metrics", "rows", "cohorts", "segments"] = "metrics"


class FiguresExportOut(Schema):
    """A file of figures. `rows`, `bytes` and `sha256` are there when it is done, `error` when it failed.

    The answer to the start has the address to poll in `href`; later it is the address of the file, null until it is done.
    """

    id: int
    state: JobState
    format: Format
    href: str | None
    rows: int | None
    bytes: int | None
    sha256: str | None
    error: str | None
    created_at: str
    started_at: str | None
    ended_at: str | None


@router.post(
    "/v1/analytics/export",
    response={202: FiguresExportOut, **ERRORS, frozenset({400, 413, 429}): Problem},
    auth=requires(access.VIEW),
)
def start_figures_export(request: HttpRequest, response: HttpResponse, body: FiguresExportIn) -> Any:
    """Have a file of figures, or of the documents behind one, made in the background. Poll the address in Location."""
    given = body.query.as_parameters()
    try:
        check(body.of, given)
        job = jobs.start(body.of, given, body.format, created_by=access.username_of(request))
    except BadQuery as error:
        raise ValidationError([{"loc": ["body", error.field], "msg": str(error)}]) from error
    except jobs.TooManyOpen as refusal:
        answer = problem(429, str(refusal))
        answer["Retry-After"] = "5"
        return answer
    response["Location"] = reverse("api:get_figures_export", args=[job.pk])
    return Status(202, {**_present(job), "href": response["Location"]})


@router.get(
    "/v1/analytics/exports/{int:export_id}",
    response={200: FiguresExportOut, **ERRORS},
    auth=requires(access.VIEW),
    url_name="get_figures_export",
)
def get_figures_export(request: HttpRequest, export_id: int) -> Any:
    """Whether a file is made, and where it is."""
    return _present(find_job(jobs.KIND, export_id, "export of figures"))


@router.get(
    "/v1/analytics/exports/{int:export_id}/file",
    response={**ERRORS, 409: Problem},
    openapi_extra=answers(MEDIA_TYPES.values()),
    auth=requires(access.VIEW),
    url_name="get_figures_export_file",
)
def get_figures_export_file(request: HttpRequest, export_id: int) -> Any:
    """The file, with Content-Length and Content-Digest (SHA-256). Kept for seven days."""
    return send_result(find_job(jobs.KIND, export_id, "export of figures"))


def _present(job: Job) -> dict[str, Any]:
    report = job.report or {}
    is_done = job.state == Job.State.DONE
    return {
        **present_job(job),
        "format": job.arguments["format"],
        "href": reverse("api:get_figures_export_file", args=[job.pk]) if is_done else None,
        **{name: report.get(name) for name in ("rows", "bytes", "sha256")},
    }

"""Files of many invoices that are made first, by a job, and fetched when they are whole."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from ninja import Router, Schema, Status
from ninja.errors import ValidationError

from accounts import access
from exports.api.files import (
    Bom,
    Currency,
    DecimalMarkName,
    KindName,
    RowsName,
    SeparatorName,
    make_style,
    read_feed,
    refuse,
)
from exports.files import job as jobs
from exports.files.filters import Filter, UnknownSeries
from exports.files.formats import MEDIA_TYPES, Format
from exports.files.job import KIND, TooManyOpen
from exports.files.made import send_result
from exports.files.style import DecimalMark, Rows, Separator
from invoices.api.schemas import Search
from jobs import operations
from jobs.models import Job
from jobs.serialize import JobState, find_job, present_job
from streaming.schemas import FeedName
from web import exact
from web.openapi import answers
from web.permissions import requires
from web.schemas import Problem, Strict, Text

router = Router(tags=["exports"])


class ExportIn(Strict):
    """Which invoices, and in which format."""

    format: Format
    feed: FeedName | None = None
    series: Text | None = None
    q: Search | None = None
    date_from: exact.Day | None = None
    date_to: exact.Day | None = None
    kind: KindName | None = None
    currency: Currency | None = None
    rows: RowsName = Rows.DOCUMENTS
    separator: SeparatorName = Separator.COMMA
    decimal_mark: DecimalMarkName = DecimalMark.POINT
    bom: Bom = False


class ExportOut(Schema):
    """A file that is made first. `href`, `bytes` and `sha256` are there when it is done, `error` when it failed."""

    id: int
    state: JobState
    format: Format
    href: str | None
    bytes: int | None
    sha256: str | None
    error: str | None
    created_at: str
    started_at: str | None
    ended_at: str | None


ERRORS = {frozenset({401, 403, 404, 422, 503}): Problem}


@router.post(
    "/exports",
    response={202: ExportOut, **ERRORS, frozenset({400, 413, 429}): Problem},
    auth=requires(access.VIEW),
)
def start_export(request: HttpRequest, response: HttpResponse, body: ExportIn) -> Any:
    """Have a file made in the background, to be fetched when it is whole. Poll the address in Location."""
    chosen = body.model_dump(exclude={"format", "feed", "q", "rows", "separator", "decimal_mark", "bom"})
    wanted = Filter(feed=read_feed(body.feed, "body"), q=body.q or "", **chosen)
    style = make_style(body.format, wanted.feed, body.rows, body.separator, body.decimal_mark, body.bom)
    try:
        job = jobs.start(wanted, body.format, style, created_by=access.username_of(request))
    except UnknownSeries as error:
        raise ValidationError([{"loc": ["body", "series"], "msg": str(error)}]) from None
    except TooManyOpen as refusal:
        return refuse(refusal)
    response["Location"] = reverse("api:get_export", args=[job.pk])
    return Status(202, _present(job))


@router.get(
    "/exports/{int:export_id}",
    response={200: ExportOut, **ERRORS},
    auth=requires(access.VIEW),
    url_name="get_export",
)
def get_export(request: HttpRequest, export_id: int) -> Any:
    """Whether a file is made, and where it is."""
    return _present(find_job(KIND, export_id, "export"))


@router.get(
    "/exports/{int:export_id}/file",
    response={**ERRORS, 409: Problem},
    openapi_extra=answers(MEDIA_TYPES.values()),
    auth=requires(access.VIEW),
    url_name="get_export_file",
)
def get_export_file(request: HttpRequest, export_id: int) -> Any:
    """The file, with Content-Length and Content-Digest (SHA-256). Kept for seven days."""
    return send_result(find_job(KIND, export_id, "export"))


@router.post(
    "/exports/{int:export_id}/cancel",
    response={200: ExportOut, **ERRORS, 409: Problem},
    auth=requires(access.VIEW),
)
def cancel_export(request: HttpRequest, export_id: int) -> Any:
    """Cancel an export; it leaves no file. Only for its creator and for operators."""
    job = find_job(KIND, export_id, "export")
    if job.created_by != access.username_of(request) and not access.controls(request):
        raise PermissionDenied("Only the user who asked for an export, or an operator, can cancel it.")
    return _present(operations.cancel(job.pk))


def _present(job: Job) -> dict[str, Any]:
    report = job.report or {}
    is_done = job.state == Job.State.DONE
    return {
        **present_job(job),
        "format": job.arguments["format"],
        "href": reverse("api:get_export_file", args=[job.pk]) if is_done else None,
        "bytes": report.get("bytes"),
        "sha256": report.get("sha256"),
    }

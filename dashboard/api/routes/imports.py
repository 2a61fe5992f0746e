"""Files of invoices: taken in here, imported by the `jobs` process, told of under the job's number."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated, Any, Literal

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from ninja import Field, Query, Schema, Status
from ninja.errors import HttpError

from accounts import access
from dashboard.api.app import api, can_import
from dashboard.api.schemas import Problem, Text
from jobs import operations
from jobs.models import Job
from runtime.formats import iso
from sources import uploads
from sources.uploads import CHUNK, KIND

ERRORS = {frozenset({400, 401, 403, 404, 413, 422, 503}): Problem}
FormatName = Literal["online-retail", "invoices-csv", "json"]


class ImportIn(Schema):
    """What the file itself does not say."""

    format: FormatName = "invoices-csv"
    name: Text = Field("", description="the file's name: a changed file of the same name is told of as such")
    series: Annotated[Text, Field(description="prefix of the source's own numbers; credit notes get -CN behind it")] = (
        ""
    )
    seller: Text = ""
    timezone: Text = ""
    vat_rate: Text = ""
    currency: Text = ""
    announce: bool = False


class ImportOut(Schema):
    """An import. `report` is there when it is done, `error` when it failed."""

    id: int
    state: Literal["queued", "running", "done", "failed"]
    name: str
    options: dict[str, Any]
    done_count: int
    total_count: int | None
    report: dict[str, Any] | None
    error: str | None
    created_at: str
    started_at: str | None
    ended_at: str | None


_BINARY: dict[str, Any] = {"type": "string", "format": "binary"}
_FORM: dict[str, Any] = {"type": "object", "properties": {"file": _BINARY}, "required": ["file"]}
BODY: dict[str, Any] = {
    "required": True,
    "content": {
        **{kind: {"schema": _BINARY} for kind in ("text/csv", "application/jsonl", "application/gzip")},
        "multipart/form-data": {"schema": _FORM},
    },
}


@api.post(
    "/imports",
    response={202: ImportOut, **ERRORS},
    auth=can_import,
    tags=["imports"],
    openapi_extra={"requestBody": BODY},
)
def start_import(request: HttpRequest, response: HttpResponse, given: Query[ImportIn]) -> Any:
    """Import a file, up to 256 MiB: as the raw body, or as the one file of a multipart form. Poll the address in Location."""
    chunks, name = _uploaded(request)
    wanted = given.model_dump(exclude={"name"})
    job = uploads.upload(chunks, name=given.name or name, given=wanted, created_by=_who(request))
    response["Location"] = reverse("api:get_import", args=[job.pk])
    return Status(202, _present(job))


@api.get(
    "/imports/{int:import_id}",
    response={200: ImportOut, **ERRORS},
    auth=can_import,
    tags=["imports"],
    url_name="get_import",
)
def get_import(request: HttpRequest, import_id: int) -> Any:
    """How far an import is, and its report."""
    job = operations.find(import_id) if import_id < 2**63 else None
    if job is None or job.kind != KIND:
        raise operations.UnknownJob(f"There is no import {import_id}.")
    return _present(job)


def _who(request: HttpRequest) -> str:
    user: Any = access.bearer_user(request.headers.get("Authorization")) or request.user
    return str(user.get_username())


def _uploaded(request: HttpRequest) -> tuple[Iterator[bytes], str]:
    """The file's content, bit by bit, and its name."""
    if request.content_type == "multipart/form-data":
        files = [file for _, values in request.FILES.lists() for file in values]
        if len(files) != 1:
            raise HttpError(422, f"The form holds {len(files)} files; send one at a time.")
        return files[0].chunks(CHUNK), files[0].name or "upload"
    if request.content_type == "application/x-www-form-urlencoded":
        raise HttpError(422, "The body is an urlencoded form; send the file itself, or a multipart form with it.")
    return iter(lambda: request.read(CHUNK), b""), "upload"


def _present(job: Job) -> dict[str, Any]:
    times = {name: getattr(job, name) for name in ("created_at", "started_at", "ended_at")}
    return {
        **{name: getattr(job, name) for name in ("id", "state", "done_count", "total_count", "report")},
        **{name: iso(moment) if moment else None for name, moment in times.items()},
        "name": job.arguments["name"],
        "options": job.arguments["options"],
        "error": job.error or None,
    }

"""Calls that accept an uploaded file and start a job that imports it in the `jobs` process, and calls about that job."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated, Any, Literal

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from ninja import Field, Query, Router, Schema, Status
from ninja.errors import HttpError

from accounts import access
from imports import uploads
from imports.reading.mappings import MOST_CHARACTERS
from imports.uploads import CHUNK, KIND
from jobs import operations
from jobs.models import Job
from jobs.serialize import JobState, find_job, present_job
from web.outcomes import outcome_of
from web.permissions import has_csrf_token_of_upload, requires
from web.schemas import Problem, Text

router = Router()
can_import = requires(
    access.CONTROL,
    has_csrf_token=has_csrf_token_of_upload,
    advice="The same file may be sent again: what is in it is issued once.",
)
ERRORS = {frozenset({400, 401, 403, 404, 413, 422, 429, 503}): Problem}
FormatName = Literal[
    "online-retail", "invoices-csv", "json", "shopify", "woocommerce", "stripe", "paypal", "table", "ubl", "cii", "facturx"
]  # fmt: skip
Mapping = Annotated[
    str,
    Field(
        max_length=MOST_CHARACTERS,
        description='JSON: the columns of a table by the fields of a document, such as {"number": "Order", "date": '
        '"Created at", "lines": {"description": "Item", "quantity": "Qty", "unit_price": "Price"}}',
    ),
]


class ImportIn(Schema):
    """What the file itself does not say."""

    format: FormatName | Literal[""] = Field("", description="without it, the file shows its format")
    name: Text = Field("", description="the file's name: the report says when a file of the same name has changed")
    series: Annotated[Text, Field(description="prefix of the source's own numbers; credit notes get -CN behind it")] = (
        ""
    )
    seller: Text = ""
    timezone: Text = ""
    vat_rate: Text = ""
    currency: Text = ""
    announce: bool = False
    mapping: Mapping = ""


class ImportOut(Schema):
    """An import. `report` counts what is committed, also of one that is running, failed or cancelled.

    `report.detected` has what each file was understood to be: format, encoding, separator, decimal mark and columns.
    """

    id: int
    state: JobState
    name: str
    options: dict[str, Any]
    done_count: int
    total_count: int | None
    report: dict[str, Any] | None
    error: str | None
    created_at: str
    started_at: str | None
    ended_at: str | None


# curl's --data-binary sends the last one by itself; any other type is taken as well.
RAW_TYPES = (
    "text/csv",
    "application/jsonl",
    "application/gzip",
    "application/xml",
    "application/pdf",
    "application/x-www-form-urlencoded",
)
_BINARY: dict[str, Any] = {"type": "string", "format": "binary"}
_FORM: dict[str, Any] = {"type": "object", "properties": {"file": _BINARY}, "required": ["file"]}
BODY: dict[str, Any] = {
    "required": True,
    "content": {
        **{kind: {"schema": _BINARY} for kind in RAW_TYPES},
        "multipart/form-data": {"schema": _FORM},
    },
}


@router.post(
    "/imports",
    response={202: ImportOut, **ERRORS},
    auth=can_import,
    openapi_extra={"requestBody": BODY},
)
def start_import(request: HttpRequest, response: HttpResponse, given: Query[ImportIn]) -> Any:
    """Import a file, up to 256 MiB: as the one file of a multipart form, or as the body itself, whatever its type.

    Poll the address in Location.
    """
    chunks, name = uploaded(request)
    wanted = given.model_dump(exclude={"name"})
    job = uploads.upload(chunks, name=given.name or name, given=wanted, created_by=access.username_of(request))
    outcome_of(request).finish()
    response["Location"] = reverse("api:get_import", args=[job.pk])
    return Status(202, _present(job))


@router.get(
    "/imports/{int:import_id}",
    response={200: ImportOut, **ERRORS},
    auth=can_import,
    url_name="get_import",
)
def get_import(request: HttpRequest, import_id: int) -> Any:
    """How far an import is, and its report."""
    return _present(find_job(KIND, import_id, "import"))


@router.post(
    "/imports/{int:import_id}/cancel",
    response={200: ImportOut, frozenset({401, 403, 404, 409, 422, 503}): Problem},
    auth=requires(access.CONTROL),
)
def cancel_import(request: HttpRequest, import_id: int) -> Any:
    """Cancel an import. What is committed by now stays, and `report` counts it; nothing is taken after that."""
    return _present(operations.cancel(find_job(KIND, import_id, "import").pk))


def uploaded(request: HttpRequest) -> tuple[Iterator[bytes], str]:
    """The file's content, bit by bit, and its name."""
    if request.content_type == "multipart/form-data":
        files = [file for _, values in request.FILES.lists() for file in values]
        if len(files) != 1:
            raise HttpError(422, f"The form holds {len(files)} files; send one at a time.")
        return files[0].chunks(CHUNK), files[0].name or "upload"
    return iter(lambda: request.read(CHUNK), b""), "upload"


def _present(job: Job) -> dict[str, Any]:
    return {
        **present_job(job),
        **{name: getattr(job, name) for name in ("done_count", "total_count", "report")},
        "name": job.arguments["name"],
        "options": job.arguments["options"],
    }

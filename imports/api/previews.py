"""The call that previews an import. It stores nothing: the file is deleted before the answer."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from django.http import HttpRequest
from ninja import Field, Query, Router, Schema

from imports import uploads
from imports.api.uploads import BODY, ERRORS, ImportIn, can_import, uploaded
from web.outcomes import outcome_of

router = Router()


class DetectedOut(Schema):
    """What a file was understood to be. `format` is `table` for columns that no format has."""

    format: str | None
    encoding: str = Field(description="`xlsx` for an Excel workbook")
    separator: str | None
    decimal_mark: str | None = Field(description="null where the numbers show both marks")
    date_order: str | None = Field(description="`day-first` or `month-first`, where the dates show it")
    columns: list[str]
    rows: int | None = Field(description="null where the file has more than a preview reads")


class WouldBeHeldOut(Schema):
    line: int
    rule: str
    message: str


class PreviewOut(Schema):
    """The first documents, as `POST /api/invoices` takes them, and the first that would be held."""

    detected: DetectedOut
    options: dict[str, Any] = Field(description="the options that the documents were read with")
    mapping: dict[str, Any] | None
    mapping_from: str | None = Field(description="`given`, `kept` of a file with the same columns, or `guess`")
    needed: list[str] = Field(description="fields of the mapping, or options, without which nothing is imported")
    documents: list[dict[str, Any]]
    held: list[WouldBeHeldOut]


@router.post(
    "/imports/preview",
    response={200: PreviewOut, **ERRORS},
    auth=can_import,
    openapi_extra={"requestBody": BODY},
)
def preview_import(request: HttpRequest, given: Query[ImportIn]) -> Any:
    """What a file is, and its first 20 documents. The file comes as for `POST /api/imports`."""
    chunks, name = uploaded(request)
    found = uploads.preview_upload(chunks, name=given.name or name, given=given.model_dump(exclude={"name"}))
    outcome_of(request).finish()
    return asdict(found)

"""Calls about the documents that an import holds: read them, correct them, accept them or set them aside."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from django.http import HttpRequest
from ninja import Field, Router, Schema

from accounts import access
from imports import held
from imports.uploads import KIND
from jobs.serialize import find_job
from web.paging import Cursor, Limit, present_page
from web.permissions import requires
from web.schemas import Problem, Strict

router = Router()
ERRORS = {frozenset({400, 401, 403, 404, 409, 422, 503}): Problem}
Cell = Annotated[str, Field(max_length=40_000)]
RowId = Annotated[int, Field(ge=1, lt=2**63)]


class HeldRowsOut(Schema):
    """The rows of one document that is held. `cells` are the rows of a table by its `columns`; else there is `text`."""

    id: int
    key: str
    line: int
    rule: str
    says: str
    message: str
    state: Literal["open", "set_aside", "issued", "healed", "replaced"]
    may_accept: bool
    columns: list[str]
    cells: list[list[str]] | None
    text: str
    invoice_number: str


class HeldRowsPageOut(Schema):
    items: list[HeldRowsOut]
    next: str | None


class CorrectionIn(Strict):
    """What to do: `correct` with new `cells` or a new `text`, `accept`, `retry` as the rows are, or `set_aside`."""

    act: Literal["correct", "accept", "retry", "set_aside"]
    cells: Annotated[list[Annotated[list[Cell], Field(max_length=500)]], Field(max_length=20_000)] | None = None
    text: Annotated[str, Field(max_length=200_000)] = ""


@router.get("/imports/{int:import_id}/held", response={200: HeldRowsPageOut, **ERRORS}, auth=requires(access.CONTROL))
def list_held_documents(request: HttpRequest, import_id: int, limit: Limit = 20, cursor: Cursor | None = None) -> Any:
    """The documents of an import that wait for a person, in the order of the file."""
    job = find_job(KIND, import_id, "import")
    rows, following = held.read_page(job, after=cursor, limit=limit)
    return present_page(rows, following)


@router.post("/imports/held/{int:row_id}", response={200: HeldRowsOut, **ERRORS}, auth=requires(access.CONTROL))
def resolve_held_document(request: HttpRequest, row_id: int, wanted: CorrectionIn) -> Any:
    """Resolve a document that is held. When it still breaks a rule, it stays open with the new message."""
    by = access.username_of(request)
    return held.resolve(row_id, wanted.act, cells=wanted.cells, text=wanted.text, by=by)

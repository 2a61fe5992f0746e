"""The names of the buyers of a store for its screens, and the switch that shows them: for owners and admins."""

from __future__ import annotations

from typing import Annotated, Any

from django.http import HttpRequest
from ninja import Field, Router, Schema

from invoices import names
from stores.members.store_access import SIGNED_IN, Role, Slug, read_store_for
from web.permissions import requires
from web.schemas import Problem, Strict

router = Router(tags=["stores"])
ERRORS = {frozenset({401, 403, 404, 422, 503}): Problem}
BODY_ERRORS = {frozenset({400, 401, 403, 404, 413, 422, 503}): Problem}
# A screen shows a few dozen.
MOST_LETTERS = 5_000
Numbers = Annotated[
    str,
    Field(
        max_length=MOST_LETTERS,
        pattern=r"^[^\u0000]*$",
        description="numbers of invoices of the store, with commas between",
    ),
]


class SwitchIn(Strict):
    shown: Annotated[bool, Field(strict=True)]


class SwitchOut(Schema):
    shown: bool


class NameOut(Schema):
    invoice_number: str
    buyer_name: str


class NamesOut(Schema):
    """`items` is empty while names are not shown."""

    shown: bool
    items: list[NameOut]


@router.get("/stores/{slug}/names", response={200: NamesOut, **ERRORS}, auth=requires(SIGNED_IN))
def list_names(request: HttpRequest, slug: Slug, numbers: Numbers = "") -> Any:
    """The buyers of invoices of the store, while the switch is on in this session."""
    store = read_store_for(request, slug, Role.ADMIN)
    shown = names.are_shown(request, store)
    return {"shown": shown, "items": names.read_names(store, numbers.split(",")) if shown else []}


@router.put("/stores/{slug}/names", response={200: SwitchOut, **BODY_ERRORS}, auth=requires(SIGNED_IN))
def put_names(request: HttpRequest, slug: Slug, body: SwitchIn) -> Any:
    """Show the names of buyers on the screens of this session, or mask them. The audit log keeps who did it."""
    names.switch(request, read_store_for(request, slug, Role.ADMIN), shown=body.shown)
    return {"shown": body.shown}

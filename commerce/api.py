"""The API of the stock of a store. Members of its account may read it."""

from __future__ import annotations

from typing import Annotated, Any

from django.http import HttpRequest
from ninja import Field, Router, Schema

from commerce import stock
from stores.members.store_access import SIGNED_IN, Role, Slug, UnknownStore, read_store_for
from web.paging import Limit, present_page
from web.permissions import requires
from web.schemas import Problem

router = Router(tags=["stores"])
RESPONSES: dict[type[Exception], int] = {UnknownStore: 404}
ERRORS = {frozenset({401, 403, 404, 422, 503}): Problem}
After = Annotated[str, Field(pattern=r"^[0-9]{1,18}$", description="`next` of the previous page")]


class LevelOut(Schema):
    """`available` is null where the shop does not count the article."""

    sku: str
    title: str
    location: str
    available: int | None
    updated_at: str


class StockOut(Schema):
    items: list[LevelOut]
    next: str | None


@router.get("/stores/{slug}/stock", response={200: StockOut, **ERRORS}, auth=requires(SIGNED_IN))
def list_stock(
    request: HttpRequest, slug: Slug, low: bool = False, limit: Limit = 50, cursor: After | None = None
) -> Any:
    """The stock of a store as its shop said last; with `low`, what is at or below its mark."""
    store = read_store_for(request, slug, Role.VIEWER)
    return present_page(*stock.read_page(store, is_low=low, after=int(cursor or 0), limit=limit))

"""The API of the orders of a store. Members of its account may read them."""

from __future__ import annotations

from typing import Annotated, Any

from django.http import HttpRequest
from ninja import Field, Router, Schema
from ninja.errors import ValidationError

from orders import listing
from orders.listing import BadCursor, UnknownOrder, Wanted
from orders.schemas import AnyState, OrderOut, Searched
from stores.members.store_access import SIGNED_IN, Role, Slug, UnknownStore, read_store_for
from web.paging import Cursor, Limit, present_page
from web.permissions import requires
from web.schemas import Problem, Text

router = Router(tags=["orders"])
RESPONSES: dict[type[Exception], int] = {UnknownOrder: 404, UnknownStore: 404}
ERRORS = {frozenset({401, 403, 404, 422, 503}): Problem}
ExternalId = Annotated[Text, Field(max_length=100)]


class OrdersOut(Schema):
    items: list[OrderOut]
    next: str | None


@router.get("/stores/{slug}/orders", response={200: OrdersOut, **ERRORS}, auth=requires(SIGNED_IN))
def list_orders(
    request: HttpRequest, slug: Slug, q: Searched = "", state: AnyState | None = None, limit: Limit = 50,
    cursor: Cursor | None = None,
) -> Any:  # fmt: skip
    """The orders of a store, the newest first."""
    store = read_store_for(request, slug, Role.VIEWER)
    try:
        items, following = listing.read_page(store, Wanted(state=state or "", text=q), cursor=cursor, limit=limit)
    except BadCursor as bad:
        raise ValidationError([{"loc": ["query", "cursor"], "msg": str(bad)}]) from bad
    return present_page(items, following)


@router.get("/stores/{slug}/orders/{external_id}", response={200: OrderOut, **ERRORS}, auth=requires(SIGNED_IN))
def get_order(request: HttpRequest, slug: Slug, external_id: ExternalId) -> Any:
    """One order with its account, its documents and its lines."""
    return listing.read_one(read_store_for(request, slug, Role.VIEWER), external_id)

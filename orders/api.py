"""The API of the orders of a store. Members of its account may read them."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from django.http import HttpRequest
from ninja import Field, Router, Schema
from ninja.errors import ValidationError

from orders import listing
from orders.listing import BadCursor, UnknownOrder, Wanted
from stores.members.store_access import SIGNED_IN, Role, Slug, UnknownStore, read_store_for
from web.paging import Cursor, Limit, present_page
from web.permissions import requires
from web.schemas import Problem, Text

router = Router(tags=["orders"])
RESPONSES: dict[type[Exception], int] = {UnknownOrder: 404, UnknownStore: 404}
ERRORS = {frozenset({401, 403, 404, 422, 503}): Problem}
OrderState = Literal["placed", "open", "completed", "cancelled", "rejected"]
InvoiceState = Literal["waiting", "invoiced", "restated", "set_aside", "quarantined"]
AnyState = Literal[OrderState, InvoiceState]
Searched = Annotated[Text, Field(max_length=100, description="an id, or the beginning of a number")]
ExternalId = Annotated[Text, Field(max_length=100)]


class AccountOut(Schema):
    """`worth = total + redeemed - refunded = invoiced - credited + vouchers + tips + rounding + waiting + set_aside +
    quarantined`; `difference` is what is missing, always 0.00.
    """

    total: str
    redeemed: str
    refunded: str
    worth: str
    invoiced: str
    credited: str
    vouchers: str
    tips: str
    rounding: str
    waiting: str
    set_aside: str
    quarantined: str
    difference: str


class OrderDocumentOut(Schema):
    kind: str
    invoice_number: str
    total_amount: str


class OrderLineOut(Schema):
    """`net` is the amount of the whole line without VAT, after discounts."""

    description: str
    quantity: str
    net: str
    vat_rate: str
    kind: str
    product_code: str


class OrderOut(Schema):
    """`external_id` is the id that the shop gave it. `rule` and `message` say why it has no invoice."""

    external_id: str
    number: str
    state: OrderState
    invoice_state: InvoiceState
    rule: str | None
    message: str
    placed_at: str
    currency: str
    total: str
    account: AccountOut
    documents: list[OrderDocumentOut]
    lines: list[OrderLineOut]


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

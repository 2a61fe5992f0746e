"""What the calls about orders take and answer."""

from __future__ import annotations

from typing import Annotated, Literal

from ninja import Field, Schema

from web.schemas import Text

OrderState = Literal["placed", "open", "completed", "cancelled", "rejected"]
InvoiceState = Literal["waiting", "invoiced", "restated", "set_aside", "quarantined"]
AnyState = Literal[OrderState, InvoiceState]
Searched = Annotated[Text, Field(max_length=100, description="an id, or the beginning of a number")]


class OrderAccountOut(Schema):
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
    account: OrderAccountOut
    documents: list[OrderDocumentOut]
    lines: list[OrderLineOut]

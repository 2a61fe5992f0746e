"""The parts of a document in the API that most documents do not have: what is posted, what is answered, and the types."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, Any, Literal

from ninja import Field, Schema
from pydantic import BaseModel, ConfigDict

from invoices.documents import types
from invoices.documents.types import default_category
from web.exact import Day, Exact

Text2 = Annotated[str, Field(strict=True, max_length=2)]
Text34 = Annotated[str, Field(strict=True, max_length=34)]
Text200 = Annotated[str, Field(strict=True, max_length=200)]
Text500 = Annotated[str, Field(strict=True, max_length=500)]
Text1000 = Annotated[str, Field(strict=True, max_length=1000)]
CategoryName = Literal["S", "Z", "E", "AE", "K", "G", "O"]
Profile = Literal["", "en16931", "peppol", "xrechnung", "facturx"]
Accepted = Literal["future-date", "before-newest", "credit-differs", "zero-total"]


class Part(BaseModel):
    """An object that may hold these fields and no others."""

    model_config = ConfigDict(extra="forbid")


class ElectronicAddressIn(Part):
    scheme: Annotated[str, Field(strict=True, min_length=1, max_length=10, description="of the EAS list, such as 0088")]
    value: Annotated[str, Field(strict=True, min_length=1, max_length=200)]


class ContactIn(Part):
    name: Text200 = ""
    phone: Text200 = ""
    email: Text200 = ""


class LineAllowanceIn(Part):
    amount: Exact = Field(description="taken off the line, above zero")
    reason: Text500 = ""


class AllowanceIn(Part):
    amount: Exact = Field(description="above zero")
    vat_rate: Exact
    vat_category: CategoryName | None = None
    reason: Text500 = ""


class GivenVatIn(Part):
    rate: Exact
    category: CategoryName | None = Field(None, description="S, or Z at rate 0, unless it is given")
    amount: Exact


class PaymentIn(Part):
    means_code: Annotated[str, Field(strict=True, max_length=3, description="UNTDID 4461: 48 card, 58 transfer")] = ""
    reference: Text200 = ""
    terms: Text1000 = ""
    iban: Text34 = ""


class DeliveryIn(Part):
    date: Day | None = None
    name: Text200 = ""
    street: Text200 = ""
    street2: Text200 = ""
    postcode: Text200 = ""
    city: Text200 = ""
    region: Text200 = ""
    country: Text2 = ""


class PrecedingIn(Part):
    number: Annotated[str, Field(strict=True, min_length=1, max_length=200)]
    date: Day | None = None


class DocumentPartsIn(Part):
    """The optional fields of a posted document."""

    prices_include_vat: Annotated[bool, Field(strict=True)] = Field(
        False, description="`unit_price`, allowances and charges are gross"
    )
    vat: Annotated[list[GivenVatIn], Field(max_length=100)] = Field(
        default_factory=list, description="VAT as given, within a bound; calculated where it is missing"
    )
    allowances: Annotated[list[AllowanceIn], Field(max_length=100)] = Field(default_factory=list)
    charges: Annotated[list[AllowanceIn], Field(max_length=100)] = Field(default_factory=list)
    prepaid_amount: Exact = Field(types.ZERO)
    rounding_amount: Exact = Field(types.ZERO, description="of cash alone")
    payment: PaymentIn | None = None
    delivery: DeliveryIn | None = None
    buyer_reference: Text200 = ""
    order_reference: Text200 = ""
    preceding: Annotated[list[PrecedingIn], Field(max_length=100)] = Field(default_factory=list)
    profile: Profile = Field("", description="refuse it, with no number spent, when it lacks what this profile needs")
    accept: Annotated[list[Accepted], Field(max_length=4)] = Field(
        default_factory=list, description="what is right although it looks like a mistake"
    )
    terms: dict[str, Any] = Field(
        default_factory=dict, description="business terms of EN 16931 that have no field here, by their ids"
    )


class ElectronicAddressOut(Schema):
    scheme: str
    value: str


class ContactOut(Schema):
    name: str
    phone: str
    email: str


class LineAllowanceOut(Schema):
    amount: str
    reason: str


class AllowanceOut(Schema):
    amount: str
    vat_rate: str
    vat_category: str
    reason: str


class VatGroupOut(Schema):
    """`vat_rate` and `vat_amount` are the earlier names of `rate` and `vat`."""

    rate: str
    category: str
    net: str
    vat: str
    reason: str
    vat_rate: str
    vat_amount: str


class PaymentOut(Schema):
    means_code: str
    reference: str
    terms: str
    iban: str


class DeliveryOut(Schema):
    date: str | None
    name: str
    street: str
    street2: str
    postcode: str
    city: str
    region: str
    country: str


class PrecedingOut(Schema):
    number: str
    date: str | None


class DocumentPartsOut(Schema):
    """The fields of an answered document beside those that all invoices have."""

    invoice_day: str
    payable_amount: str
    allowances: list[AllowanceOut]
    charges: list[AllowanceOut]
    prepaid_amount: str
    rounding_amount: str
    payment: PaymentOut | None
    delivery: DeliveryOut | None
    buyer_reference: str
    order_reference: str
    preceding: list[PrecedingOut]
    profile: str
    accept: list[str]
    terms: dict[str, Any] = Field({}, description="business terms of EN 16931 that have no field here, by their ids")


def parts_of(posted: DocumentPartsIn) -> dict[str, Any]:
    """The fields of a `Document` that were posted."""
    return {
        "prices_include_vat": posted.prices_include_vat,
        "vat": tuple(
            types.GivenVat(rate=each.rate, amount=each.amount, vat_category=_short(each.category, each.rate))
            for each in posted.vat
        ),
        "allowances": _allowances(posted.allowances),
        "charges": _allowances(posted.charges),
        "prepaid_amount": posted.prepaid_amount,
        "rounding_amount": posted.rounding_amount,
        "payment": _record(types.Payment, posted.payment),
        "delivery": _record(types.Delivery, posted.delivery),
        "buyer_reference": posted.buyer_reference,
        "order_reference": posted.order_reference,
        "preceding": tuple(types.Preceding(number=each.number, date=each.date) for each in posted.preceding),
        "profile": posted.profile,
        "accepted": tuple(dict.fromkeys(posted.accept)),
        "terms": posted.terms,
    }


def line_parts_of(rate: Any, category: str | None, allowances: Sequence[LineAllowanceIn]) -> dict[str, Any]:
    """The fields of a `Line` that most lines do not have."""
    taken_off = tuple(types.LineAllowance(amount=each.amount, reason=each.reason) for each in allowances)
    return {"vat_category": _short(category, rate), "allowances": taken_off}


def party_parts_of(address: ElectronicAddressIn | None, contact: ContactIn | None) -> dict[str, Any]:
    """The parts of a `Party` that are records of their own."""
    return {
        "electronic_address": _record(types.ElectronicAddress, address),
        "contact": _record(types.Contact, contact),
    }


def _allowances(posted: Sequence[AllowanceIn]) -> tuple[types.Allowance, ...]:
    return tuple(
        types.Allowance(
            amount=each.amount,
            vat_rate=each.vat_rate,
            vat_category=_short(each.vat_category, each.vat_rate),
            reason=each.reason,
        )
        for each in posted
    )


def _record(kind: Any, posted: BaseModel | None) -> Any:
    """A record of type `kind` with the posted fields that are not empty; None when all are empty."""
    values = {} if posted is None else {name: value for name, value in posted.model_dump().items() if value}
    return kind(**values) if values else None


def _short(category: str | None, rate: Any) -> str:
    """Empty for the category that the rate has by default."""
    return "" if category is None or category == default_category(rate) else category

"""The shapes of documents in the API: what is posted, what is answered, and each as the other."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, Literal

from django.conf import settings
from ninja import Field, Schema
from pydantic import BaseModel, ConfigDict, GetCoreSchemaHandler, GetJsonSchemaHandler, TypeAdapter
from pydantic_core import CoreSchema

from invoices.api.document_parts import (
    CategoryName,
    ContactIn,
    ContactOut,
    DocumentPartsIn,
    DocumentPartsOut,
    ElectronicAddressIn,
    ElectronicAddressOut,
    LineAllowanceIn,
    LineAllowanceOut,
    Text500,
    VatGroupOut,
    line_parts_of,
    parts_of,
    party_parts_of,
)
from invoices.documents.characters import normalize_document
from invoices.documents.types import Document, Kind, Line, Party
from invoices.intake import Offer
from invoices.validation.profiles import Profile
from web.exact import Day, Exact, Moment
from web.schemas import FieldError, Problem, Text

SOURCE = "api"
MOST_INVOICES = 1000

Search = Annotated[
    Text,
    Field(
        description="a part of a number (from three characters), or words that begin words of seller, buyer or product"
    ),
]
Name = Annotated[str, Field(strict=True, min_length=1, max_length=255)]
Described = Annotated[str, Field(strict=True, min_length=1, max_length=1000)]
# An idempotency key, in a header or in an address.
KEY_PATTERN, KEY_LENGTH = r"^[\x21-\x7e]+$", 255
Text2 = Annotated[str, Field(strict=True, max_length=2)]
Text3 = Annotated[str, Field(strict=True, max_length=3)]
Text20 = Annotated[str, Field(strict=True, max_length=20)]
Text48 = Annotated[str, Field(strict=True, max_length=48)]
Text50 = Annotated[str, Field(strict=True, max_length=50)]
Text100 = Annotated[str, Field(strict=True, max_length=100)]
Text200 = Annotated[str, Field(strict=True, max_length=200)]
Text1000 = Annotated[str, Field(strict=True, max_length=1000)]
Text5000 = Annotated[str, Field(strict=True, max_length=5000)]


class Posting(BaseModel):
    """A body that may hold these fields and no others; without what ninja's schemas do for answers."""

    model_config = ConfigDict(extra="forbid")


class PartyIn(Posting):
    name: Name
    street: Text200 = ""
    city: Text200 = ""
    postcode: Text200 = ""
    country: Text2 = Field("", description="ISO 3166-1 alpha-2, such as DE")
    vat_id: Text200 = ""
    email: Text200 = ""
    external_id: Text200 = ""
    street2: Text200 = ""
    region: Text200 = ""
    registration: Text200 = Field("", description="the company's number in the commercial register")
    electronic_address: ElectronicAddressIn | None = None
    contact: ContactIn | None = None


class LineIn(Posting):
    description: Described
    quantity: Exact = Field(description="at most six decimals; below zero takes the line off")
    unit_price: Exact = Field(
        description="before VAT unless `prices_include_vat`, not below zero, at most six decimals"
    )
    vat_rate: Exact = Field(description="0.15 is 15 %; at most six decimals")
    product_code: Text100 = ""
    vat_category: CategoryName | None = Field(None, description="S, or Z at rate 0, unless it is given")
    exemption_reason: Text500 = Field("", description="why the rate is 0; needed for category E")
    allowances: Annotated[list[LineAllowanceIn], Field(max_length=100)] = Field(default_factory=list)


class InvoiceIn(DocumentPartsIn):
    """An invoice or a credit note. VAT is calculated by rate on the sum of its lines, half up, unless it is given."""

    kind: Literal["invoice", "credit_note"] = "invoice"
    series: Text20 | None = Field(None, description="the prefix; of a series of ours when there is no number")
    number: Text48 | None = Field(None, description="its own number; without it, it gets the next of ours")
    invoice_date: Moment | None = Field(None, description="now, unless it is given")
    due_date: Day | None = None
    currency: Text3 = Field(default_factory=lambda: settings.INVOICEDASH_CURRENCY)
    seller: PartyIn
    buyer: PartyIn
    lines: Annotated[list[LineIn], Field(min_length=1, max_length=10_000)]
    total_amount: Exact | None = Field(
        None, description="what you come to; VAT that is not given is chosen within its bound to reach it"
    )
    external_id: Text200 = Field("", description="yours; it is taken once")
    corrects: Text50 | None = Field(None, description="the number of the invoice that a credit note corrects")
    reason: Text1000 = Field("", description="of a credit note; needed when it corrects no invoice")
    note: Text5000 = ""
    e_invoice: Annotated[bool, Field(strict=True)] = Field(
        False, description="refuse it, with no number spent, when it lacks what an EN 16931 e-invoice needs"
    )


class BatchIn(Posting):
    invoices: Annotated[list[InvoiceIn], Field(min_length=1, max_length=MOST_INVOICES)]


class _OneOrMany:
    """Described as one document or a batch, and taken as it is: each document of a batch is checked by itself."""

    def __get_pydantic_core_schema__(self, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        return handler(source)

    def __get_pydantic_json_schema__(self, schema: CoreSchema, handler: GetJsonSchemaHandler) -> dict[str, Any]:
        return handler(TypeAdapter(InvoiceIn | BatchIn).core_schema)


Posted = Annotated[Any, _OneOrMany()]


class InvoiceOut(Schema):
    id: int
    invoice_number: str
    invoice_date: str
    seller_name: str
    buyer_name: str
    currency: str
    vat_rate: str | None
    subtotal: str
    vat_amount: str
    total_amount: str
    kind: Literal["invoice", "credit_note"]
    printed_number: str = Field(description="what the customer sees")


class PageOut(Schema):
    items: list[InvoiceOut]
    next: str | None


class RunOut(Schema):
    id: int
    state: Literal["running", "stopping", "stopped", "completed"]
    rate_per_second: float
    duration_seconds: int
    seed: int
    target_count: int
    issued_count: int
    started_at: str
    stopped_at: str | None
    ends_at: str


class PartyOut(Schema):
    name: str
    street: str
    city: str
    postcode: str
    country: str
    vat_id: str
    email: str
    external_id: str
    street2: str
    region: str
    registration: str
    electronic_address: ElectronicAddressOut | None
    contact: ContactOut | None


class LineOut(Schema):
    position: int
    description: str
    product_code: str
    quantity: str
    unit_price: str
    vat_rate: str
    net: str
    vat_category: str
    exemption_reason: str
    allowances: list[LineAllowanceOut]


class CreditNoteOut(Schema):
    invoice_number: str
    printed_number: str
    invoice_date: str
    currency: str
    total_amount: str


class ErasureOut(Schema):
    role: Literal["seller", "buyer"]
    basis: str
    erased_at: str


class DocumentOut(InvoiceOut, DocumentPartsOut):
    """An invoice or credit note with all that it says. Generated ones have one line of their subtotal."""

    series: str
    seller: PartyOut
    buyer: PartyOut
    due_date: str | None
    lines: list[LineOut]
    vat_groups: list[VatGroupOut]
    corrects: str | None
    credit_notes: list[CreditNoteOut]
    credited_amount: str
    reason: str
    note: str
    source: str
    external_id: str
    warnings: list[FieldError] = Field([], description="what to look at, such as a number of mixed scripts")
    erasures: list[ErasureOut] = Field([], description="the parties whose names were erased")


class OutcomeOut(Schema):
    """What became of one document of a batch: 201 and the invoice, or another status and the problem."""

    status: int
    invoice: InvoiceOut | None = None
    warnings: list[FieldError] = []
    problem: Problem | None = None


class BatchOut(Schema):
    issued: int
    refused: int
    items: list[OutcomeOut]


class OutcomeStateOut(Schema):
    """What is known of a request that was posted under a key."""

    state: Literal["running", "done", "unknown"] = Field(
        description="unknown: its process died, and whether it was done is not established yet; ask again"
    )
    status: int | None = Field(description="of the answer that was given; 503: nothing was done")
    href: str | None = Field(description="the invoice, or the answer to a batch")


def offer(posted: InvoiceIn, now: datetime) -> Offer:
    """The posted document as an offer to issue it, dated `now` when it has no date."""
    document = Document(
        kind=Kind(posted.kind),
        issued_at=posted.invoice_date or now,
        seller=_party(posted.seller),
        buyer=_party(posted.buyer),
        currency=posted.currency,
        lines=tuple(_line(line) for line in posted.lines),
        due_date=posted.due_date,
        number=posted.number,
        source=SOURCE,
        external_id=posted.external_id,
        corrects=posted.corrects,
        reason=posted.reason,
        note=posted.note,
        **parts_of(posted),
    )
    return Offer(
        document=normalize_document(document),
        prefix=posted.series,
        total_amount=posted.total_amount,
        profile=_profile_of(posted),
    )


def _profile_of(posted: InvoiceIn) -> Profile | None:
    """The profile whose data the document must have."""
    if posted.profile:
        return Profile(posted.profile)
    return Profile.EN16931 if posted.e_invoice else None


def _party(posted: PartyIn) -> Party:
    nested = party_parts_of(posted.electronic_address, posted.contact)
    return Party(**posted.model_dump(exclude=set(nested)), **nested)


def _line(posted: LineIn) -> Line:
    nested = line_parts_of(posted.vat_rate, posted.vat_category, posted.allowances)
    return Line(**posted.model_dump(exclude=set(nested)), **nested)

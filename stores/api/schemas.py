"""What the calls about accounts and stores take and answer."""

from __future__ import annotations

from typing import Annotated, Literal

from ninja import Field, Schema
from pydantic import AfterValidator

from stores.letterhead import LONGEST_TEXTS
from stores.slugs import LONGEST_PREFIX
from web.schemas import Strict, Text


def _not_blank(text: str) -> str:
    if not text.strip():
        raise ValueError("it is empty: give a name")
    return text.strip()


Name = Annotated[Text, Field(min_length=1, max_length=100), AfterValidator(_not_blank)]
Zone = Annotated[Text, Field(max_length=63, description="of the IANA list; empty: INVOICEDASH_TIMEZONE")]
Slug = Annotated[Text, Field(max_length=50)]
Email = Annotated[str, Field(max_length=254, pattern=r"^[^@\s<>,;\"\u0000]+@[^@\s<>,;\"\u0000]+$")]
RoleName = Literal["owner", "admin", "viewer"]
PlatformName = Literal["shopify", "woocommerce", "shop", "manual"]
InvoiceWhen = Literal["paid", "fulfilled"]
Status = Literal["connecting", "active", "paused", "disconnected", "erased"]
Language = Literal["en", "de", "fr", "ar"]
Health = Literal["ok", "silent", "late", "error", "connecting"]


class ElectronicAddress(Strict):
    scheme: Annotated[Text, Field(min_length=1, max_length=10, description="of the EAS list, such as 0088")]
    value: Annotated[Text, Field(min_length=1)]


class Contact(Strict):
    name: Text = ""
    phone: Text = ""
    email: Text = ""


class Seller(Strict):
    """The fields of a party in `POST /api/invoices`."""

    name: Name
    street: Text = ""
    city: Text = ""
    postcode: Text = ""
    country: Annotated[Text, Field(max_length=2, description="ISO 3166-1 alpha-2, such as DE")] = ""
    vat_id: Text = ""
    email: Text = ""
    external_id: Text = ""
    street2: Text = ""
    region: Text = ""
    registration: Text = ""
    electronic_address: ElectronicAddress | None = None
    contact: Contact | None = None


class LetterheadIn(Strict):
    """What is printed on the documents of the store; a field that is left out stays as it is."""

    language: Annotated[Language | None, Field(description="of the labels")] = None
    colour: Annotated[str, Field(pattern=r"^#[0-9a-f]{6}$", description="dark enough for white paper")] | None = None
    header: Annotated[Text, Field(max_length=LONGEST_TEXTS["header"])] | None = None
    footer: Annotated[Text, Field(max_length=LONGEST_TEXTS["footer"])] | None = None
    payment_note: Annotated[Text, Field(max_length=LONGEST_TEXTS["payment_note"])] | None = None


class LetterheadOut(Schema):
    language: Language
    colour: str
    header: str
    footer: str
    payment_note: str
    logo: str | None = Field(description="the address of the logo as PNG; null without one")


class StoreIn(Strict):
    name: Name
    platform: PlatformName = "manual"
    currency: Annotated[str, Field(pattern=r"^[A-Z]{3}$")]
    timezone: Zone = ""
    seller: Seller | None = None
    invoice_when: InvoiceWhen = "paid"
    prefix: Annotated[Text, Field(max_length=LONGEST_PREFIX, description="made from the name where it is empty")] = ""


class StoreChange(Strict):
    """A field that is left out stays as it is."""

    name: Name | None = None
    timezone: Zone | None = None
    seller: Seller | None = None
    invoice_when: InvoiceWhen | None = None
    letterhead: LetterheadIn | None = None


class StoreOut(Schema):
    slug: str
    name: str
    account: str
    platform: PlatformName
    domain: str
    status: Status
    currency: str
    timezone: str
    feed: str
    series: str
    invoice_when: InvoiceWhen
    intake_url: str | None = Field(description="where the shop sends its webhooks; null without a shop")
    is_demo: bool
    health: Health
    seller: Seller | None
    letterhead: LetterheadOut


class StoresOut(Schema):
    items: list[StoreOut]


class Limit(Schema):
    limit: int | None = Field(description="null: no limit")
    used: int


class AccountOut(Schema):
    slug: str
    name: str
    plan: Literal["basic", "plus", "pro"]
    role: RoleName
    limits: dict[str, Limit]


class AccountChange(Strict):
    name: Name


class MemberOut(Schema):
    id: int
    username: str
    email: str
    role: RoleName
    created_at: str


class MembersOut(Schema):
    items: list[MemberOut]


class MemberIn(Strict):
    username: Annotated[Text, Field(min_length=1, max_length=150)]
    role: RoleName = "viewer"


class MemberChange(Strict):
    role: RoleName


class InvitationIn(Strict):
    email: Email
    role: RoleName = "viewer"


class InvitationOut(Schema):
    id: int
    email: str
    role: RoleName
    expires_at: str


class InvitationsOut(Schema):
    items: list[InvitationOut]

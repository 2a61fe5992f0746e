"""The types of documents before and after they are issued. Data only: `invoices.documents.amounts` computes the sums.

Money is Decimal. Amounts of a credit note are positive as an invoice's are: its kind says that they are taken off.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from typing import Any

from invoices import money

ZERO = Decimal("0.00")
# Business terms of EN 16931 by their ids; groups contain terms in turn.
Terms = dict[str, Any]


class Kind(StrEnum):
    """What a document does to the totals: an invoice adds, a credit note takes off."""

    INVOICE = "invoice"
    CREDIT_NOTE = "credit_note"


class Category(StrEnum):
    """VAT categories (UNCL 5305). All but `STANDARD` have rate 0."""

    STANDARD = "S"
    ZERO = "Z"
    EXEMPT = "E"
    REVERSE_CHARGE = "AE"
    INTRA_COMMUNITY = "K"
    EXPORT = "G"
    OUT_OF_SCOPE = "O"


class Accept(StrEnum):
    """What a sender can accept in `accept`, although it looks like a mistake."""

    FUTURE_DATE = "future-date"
    BEFORE_NEWEST = "before-newest"
    CREDIT_DIFFERS = "credit-differs"
    ZERO_TOTAL = "zero-total"


@dataclass(frozen=True, kw_only=True, slots=True)
class ElectronicAddress:
    """The address that e-invoices are sent to; `scheme` is a code of the EAS list, such as 0088 or EM."""

    scheme: str
    value: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Contact:
    """A person or desk of a party."""

    name: str = ""
    phone: str = ""
    email: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class Party:
    """A seller or buyer as they were when the document was issued. `country` is ISO 3166-1 alpha-2."""

    name: str
    street: str = ""
    city: str = ""
    postcode: str = ""
    country: str = ""
    vat_id: str = ""
    email: str = ""
    external_id: str = ""
    street2: str = ""
    region: str = ""
    registration: str = ""
    electronic_address: ElectronicAddress | None = None
    contact: Contact | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Delivery:
    """The place and the day of the delivery of the goods or services."""

    date: date | None = None
    name: str = ""
    street: str = ""
    street2: str = ""
    postcode: str = ""
    city: str = ""
    region: str = ""
    country: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class Payment:
    """How it is or was paid. `means_code` is UNTDID 4461, such as 48 (card) or 58 (SEPA transfer)."""

    means_code: str = ""
    reference: str = ""
    terms: str = ""
    iban: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class Preceding:
    """An earlier invoice that this document refers to (BG-3), issued here or elsewhere."""

    number: str
    date: date | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class LineAllowance:
    """An amount taken off one line (BG-27), above zero."""

    amount: Decimal
    reason: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class Allowance:
    """An amount taken off (allowance, BG-20) or added to (charge, BG-21) the whole document, above zero.

    An empty `vat_category` is the default of the rate; `category` is never empty.
    """

    amount: Decimal
    vat_rate: Decimal
    vat_category: str = ""
    reason: str = ""

    @property
    def category(self) -> str:
        return self.vat_category or default_category(self.vat_rate)


@dataclass(frozen=True, kw_only=True, slots=True)
class Line:
    """One line. `quantity` may be negative, `unit_price` may not; both have at most six decimals.

    An empty `vat_category` is the default of the rate; `category` is never empty. `unit_price` and `allowances` are
    before VAT, unless the document has `prices_include_vat`.
    """

    description: str
    quantity: Decimal
    unit_price: Decimal
    vat_rate: Decimal
    product_code: str = ""
    vat_category: str = ""
    exemption_reason: str = ""
    allowances: tuple[LineAllowance, ...] = ()

    @property
    def category(self) -> str:
        return self.vat_category or default_category(self.vat_rate)

    @property
    def allowance_amount(self) -> Decimal:
        return sum((each.amount for each in self.allowances), ZERO)

    @property
    def net(self) -> Decimal:
        """quantity x unit price in whole cents, half up, less the allowances."""
        product = money.quantize(self.quantity * self.unit_price)
        return product - self.allowance_amount if self.allowances else product


@dataclass(frozen=True, kw_only=True, slots=True)
class GivenVat:
    """The VAT of one rate and category as the sender has it."""

    rate: Decimal
    amount: Decimal
    vat_category: str = ""

    @property
    def category(self) -> str:
        return self.vat_category or default_category(self.rate)


@dataclass(frozen=True, kw_only=True, slots=True)
class VatGroup:
    """All lines, allowances and charges of one rate and category: their net, and the VAT on it.

    `roundings` is how often an amount may have been rounded on the way to these sums: it bounds how far VAT as given
    may be from net x rate.
    """

    rate: Decimal
    category: str
    net: Decimal
    vat: Decimal
    roundings: int
    reason: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class Document:
    """An invoice or a credit note that is not issued yet.

    `number` is the source's own, for series of kind external alone. `corrects` is the number of the invoice that a
    credit note corrects; without it `reason` says why there is none. `source` and `external_id` say where it comes from.
    `vat` holds the VAT of groups that is not to be calculated from their net. With `prices_include_vat` the prices and
    allowances are gross; `invoices.documents.gross.settle` makes them net. `accepted` is what the sender has accepted.
    `terms` holds the business terms of EN 16931 that have no field: see `invoices.einvoice.more`.
    """

    issued_at: datetime
    seller: Party
    buyer: Party
    currency: str
    lines: tuple[Line, ...]
    kind: Kind = Kind.INVOICE
    due_date: date | None = None
    number: str | None = None
    source: str = ""
    external_id: str = ""
    corrects: str | None = None
    reason: str = ""
    note: str = ""
    prices_include_vat: bool = False
    vat: tuple[GivenVat, ...] = ()
    allowances: tuple[Allowance, ...] = ()
    charges: tuple[Allowance, ...] = ()
    prepaid_amount: Decimal = ZERO
    rounding_amount: Decimal = ZERO
    payment: Payment | None = None
    delivery: Delivery | None = None
    buyer_reference: str = ""
    order_reference: str = ""
    preceding: tuple[Preceding, ...] = ()
    profile: str = ""
    accepted: tuple[str, ...] = ()
    terms: Terms = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True, slots=True)
class IssuedDocument:
    """A document as it is in the store: with its id, numbers, series, day and amounts as they were issued.

    `number` is the unique key, `printed_number` what the customer sees. `day` is the invoice date in the zone of the
    series. A generated invoice has no lines of its own; it is read with one line of its subtotal. `store_id` is the store
    that the series belongs to.
    """

    id: int
    number: str
    printed_number: str
    series: str
    ordinal: int
    day: date
    document: Document
    vat_groups: tuple[VatGroup, ...]
    subtotal: Decimal
    vat_amount: Decimal
    total_amount: Decimal
    is_test: bool = False
    store_id: int = 1
    corrects_id: int | None = None
    corrects_printed: str | None = None
    corrects_day: date | None = None

    @property
    def payable_amount(self) -> Decimal:
        """The amount due for payment (BT-115): the total less prepaid, plus rounding."""
        return self.total_amount - self.document.prepaid_amount + self.document.rounding_amount

    @property
    def vat_rate(self) -> Decimal | None:
        """The rate of all groups; None where there are several."""
        rates = {group.rate for group in self.vat_groups}
        return rates.pop() if len(rates) == 1 else None


def default_category(rate: Decimal) -> str:
    """The category of a rate that is given without one."""
    return "S" if rate else "Z"


def short_category(rate: Decimal, category: str) -> str:
    """Empty for the default of the rate, as documents are read from the store: the hash chain is over it."""
    return "" if category == default_category(rate) else str(category)

"""What a document is before and after it is issued. Arithmetic only; money is Decimal, quantized in `invoices.money`.

VAT is calculated per rate on the sum of that rate's lines, half up (EN 16931, BR-CO-17). Amounts of a credit note are
positive as an invoice's are: its kind says that they are taken off.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum

from invoices import money


class Kind(StrEnum):
    """What a document does to the totals: an invoice adds, a credit note takes off."""

    INVOICE = "invoice"
    CREDIT_NOTE = "credit_note"


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


@dataclass(frozen=True, kw_only=True, slots=True)
class Line:
    """One line. `quantity` may be negative, `unit_price` (before VAT) may not; both have at most six decimals."""

    description: str
    quantity: Decimal
    unit_price: Decimal
    vat_rate: Decimal
    product_code: str = ""

    @property
    def net(self) -> Decimal:
        """quantity x unit price in whole cents, half up."""
        return money.quantize(self.quantity * self.unit_price)


@dataclass(frozen=True, kw_only=True, slots=True)
class VatGroup:
    """The lines of one VAT rate: the sum of their nets and the VAT on it."""

    rate: Decimal
    net: Decimal
    vat: Decimal


@dataclass(frozen=True, kw_only=True, slots=True)
class Document:
    """What is to become an invoice or a credit note.

    `number` is the source's own, for series of kind external alone. `corrects` is the number of the invoice that a
    credit note corrects; without it `reason` says why there is none. `source` and `external_id` say where it came from.
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

    @property
    def vat_groups(self) -> list[VatGroup]:
        """One group a rate, the lowest first."""
        return list(_group(self.lines))

    @property
    def vat_rate(self) -> Decimal | None:
        """The rate of all lines; None where they have several."""
        rates = {line.vat_rate for line in self.lines}
        return rates.pop() if len(rates) == 1 else None

    @property
    def subtotal(self) -> Decimal:
        return sum((line.net for line in self.lines), Decimal("0.00"))

    @property
    def vat_amount(self) -> Decimal:
        return sum((group.vat for group in _group(self.lines)), Decimal("0.00"))

    @property
    def total_amount(self) -> Decimal:
        return sum((group.net + group.vat for group in _group(self.lines)), Decimal("0.00"))

    @property
    def amounts(self) -> tuple[Decimal, Decimal]:
        """Subtotal and VAT, in one pass over the lines."""
        groups = self.vat_groups
        zero = Decimal("0.00")
        return sum((group.net for group in groups), zero), sum((group.vat for group in groups), zero)


@dataclass(frozen=True, kw_only=True, slots=True)
class IssuedDocument:
    """A document as it stands in the store: with its id, number, series and amounts as they were issued.

    A generated invoice has no lines of its own; it is read with one line of its subtotal.
    """

    id: int
    number: str
    series: str
    ordinal: int
    document: Document
    subtotal: Decimal
    vat_amount: Decimal
    total_amount: Decimal
    is_test: bool = False
    corrects_id: int | None = None


def _group(lines: tuple[Line, ...]) -> Iterator[VatGroup]:
    nets: defaultdict[Decimal, Decimal] = defaultdict(lambda: Decimal("0.00"))
    for line in lines:
        nets[line.vat_rate] += line.net
    for rate in sorted(nets):
        yield VatGroup(rate=rate, net=nets[rate], vat=money.vat_of(nets[rate], rate))

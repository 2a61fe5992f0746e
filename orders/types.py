"""What a plan is made of: the terms of a store, documents that are issued, documents to issue. Data only."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, tzinfo
from decimal import Decimal
from enum import StrEnum

from invoices.documents.amounts import amounts_of
from invoices.documents.types import ZERO, Document, Kind, Party, VatGroup
from orders.snapshot import Rule


class InvoiceWhen(StrEnum):
    """When a store invoices an order."""

    PAID = "paid"
    FULFILLED = "fulfilled"


class InvoiceState(StrEnum):
    """What became of an order. An invoiced order is `restated` once an edit has replaced its invoice."""

    WAITING = "waiting"
    INVOICED = "invoiced"
    RESTATED = "restated"
    SET_ASIDE = "set_aside"
    QUARANTINED = "quarantined"


@dataclass(frozen=True, kw_only=True, slots=True)
class Terms:
    """How a store invoices. `source` names the store in its documents; days are those of `zone`."""

    source: str
    seller: Party
    zone: tzinfo
    invoice_when: InvoiceWhen = InvoiceWhen.PAID


@dataclass(frozen=True, kw_only=True, slots=True)
class Issued:
    """A document of the order that was issued. `corrects` is the external id of the invoice, empty for an invoice.

    `digest` is the content of the order that an invoice was made from (`orders.content`).
    """

    external_id: str
    kind: Kind
    number: str
    issued_at: datetime
    seller: Party
    buyer: Party
    currency: str
    groups: tuple[VatGroup, ...]
    rounding: Decimal = ZERO
    corrects: str = ""
    digest: str = ""

    @property
    def total(self) -> Decimal:
        return sum((group.net + group.vat for group in self.groups), ZERO)


@dataclass(frozen=True, kw_only=True, slots=True)
class Planned:
    """A document to issue. `corrects` is the external id of its invoice, which may be planned as well."""

    document: Document
    corrects: str = ""
    digest: str = ""

    @property
    def external_id(self) -> str:
        return self.document.external_id

    def as_issued(self, number: str = "") -> Issued:
        """The document as it will be once it is issued under `number`."""
        document = self.document
        return Issued(
            external_id=document.external_id, kind=document.kind, number=number, issued_at=document.issued_at,
            seller=document.seller, buyer=document.buyer, currency=document.currency,
            groups=amounts_of(document).groups, rounding=document.rounding_amount, corrects=self.corrects,
            digest=self.digest,
        )  # fmt: skip


@dataclass(frozen=True, kw_only=True, slots=True)
class Account:
    """Where every cent of an order is: `worth = total + redeemed - refunded`, and the places that it went to."""

    total: Decimal
    redeemed: Decimal
    refunded: Decimal
    invoiced: Decimal = ZERO
    credited: Decimal = ZERO
    vouchers: Decimal = ZERO
    tips: Decimal = ZERO
    rounding: Decimal = ZERO
    waiting: Decimal = ZERO
    set_aside: Decimal = ZERO
    quarantined: Decimal = ZERO

    @property
    def worth(self) -> Decimal:
        return self.total + self.redeemed - self.refunded

    @property
    def difference(self) -> Decimal:
        """Always 0.00."""
        settled = self.invoiced - self.credited + self.vouchers + self.tips + self.rounding
        return self.worth - settled - self.waiting - self.set_aside - self.quarantined


@dataclass(frozen=True, kw_only=True, slots=True)
class Plan:
    """What is to be done for an order, its documents in the order of issue, and its account once they are issued."""

    state: InvoiceState
    account: Account
    rule: Rule | None = None
    message: str = ""
    documents: tuple[Planned, ...] = ()

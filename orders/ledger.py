"""What was issued for an order, and what is left of it: the newest invoice less its credit notes. Arithmetic only."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from invoices.documents.amounts import GroupKey
from invoices.documents.credits import Left
from invoices.documents.types import ZERO, Kind
from orders.types import Issued

REFUND, EDIT, ORDER = "refund:", "edit:", "order:"


@dataclass(frozen=True, slots=True)
class Ledger:
    """The documents of an order in the order of their issue."""

    documents: tuple[Issued, ...]

    @property
    def invoices(self) -> list[Issued]:
        return [one for one in self.documents if one.kind == Kind.INVOICE]

    @property
    def invoice(self) -> Issued | None:
        """The newest invoice, which new credit notes correct."""
        return self.invoices[-1] if self.invoices else None

    @property
    def credits(self) -> list[Issued]:
        """The credit notes of the newest invoice."""
        number = self.invoice.external_id if self.invoice else None
        return [one for one in self.documents if one.kind == Kind.CREDIT_NOTE and one.corrects == number]

    @property
    def is_cancelled(self) -> bool:
        """Whether an edit has credited what was left of the newest invoice."""
        return any(one.external_id.startswith(EDIT) for one in self.credits)

    @property
    def invoiced(self) -> Decimal:
        return sum((one.total for one in self.invoices), ZERO)

    @property
    def credited(self) -> Decimal:
        return sum((one.total for one in self.documents if one.kind == Kind.CREDIT_NOTE), ZERO)

    @property
    def rounding(self) -> Decimal:
        """Rounding amounts of the invoices less those of the credit notes."""
        signs = {Kind.INVOICE: 1, Kind.CREDIT_NOTE: -1}
        return sum((signs[one.kind] * one.rounding for one in self.documents), ZERO)

    def left(self) -> dict[GroupKey, Left]:
        """What is left of each VAT group of the newest invoice; groups of which nothing is left are missing."""
        groups = self.invoice.groups if self.invoice else ()
        found = {
            (one.rate, one.category): Left(one.rate, one.category, one.net, one.vat, one.roundings) for one in groups
        }
        for credit in self.credits:
            for group in credit.groups:
                key = (group.rate, group.category)
                found[key] = found[key].less(group)
        return {key: rest for key, rest in found.items() if rest.net or rest.vat}

    def left_rounding(self) -> Decimal:
        """The rounding amount that is left of the newest invoice."""
        start = self.invoice.rounding if self.invoice else ZERO
        return start - sum((one.rounding for one in self.credits), ZERO)

    def refunds(self) -> dict[str, Issued]:
        """The credit notes of refunds, by the id of the refund."""
        return {
            one.external_id.removeprefix(REFUND): one
            for one in self.documents
            if one.kind == Kind.CREDIT_NOTE and one.external_id.startswith(REFUND)
        }

    def with_document(self, document: Issued) -> Ledger:
        return Ledger((*self.documents, document))

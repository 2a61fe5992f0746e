"""The credit note of an order that its shop has refunded, in full or in part."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from decimal import Decimal

from imports.reading.tables import CREDIT_SUFFIX
from invoices import money
from invoices.documents.amounts import amounts_of
from invoices.documents.gross import settle
from invoices.documents.types import Document, Kind, Line
from quality.rules import Broken
from runtime.currencies import unit_of

REASON = "Refund"
UNDATED = "The export of the shop has no date of the refund: this is the date of the order."


def credit_of(invoice: Document, refunded: Decimal, refunded_at: datetime | None) -> Document:
    """The credit note of `refunded`, VAT included: the lines of the invoice, or a share of each of its rates."""
    amounts = amounts_of(settle(invoice))
    if refunded > amounts.total_amount:
        raise Broken("sums-differ", f"{refunded} is refunded of {amounts.total_amount}; correct one of them.")
    credit = replace(
        invoice,
        kind=Kind.CREDIT_NOTE,
        number=f"{invoice.number}{CREDIT_SUFFIX}",
        corrects=invoice.number,
        external_id=f"refund:{invoice.external_id}" if invoice.external_id else "",
        issued_at=refunded_at or invoice.issued_at,
        reason=REASON,
        note="" if refunded_at else UNDATED,
    )
    if refunded == amounts.total_amount:
        return credit
    grosses = [(group, group.net + group.vat) for group in amounts.groups if group.net]
    shares = [gross * refunded / amounts.total_amount for _, gross in grosses]
    lines = tuple(
        Line(description=REASON, quantity=Decimal(1), unit_price=share, vat_rate=group.rate)
        for (group, _), share in zip(grosses, money.split(refunded, shares, unit_of(invoice.currency)), strict=True)
        if share
    )
    return replace(credit, lines=lines, prices_include_vat=True, vat=(), allowances=(), charges=())

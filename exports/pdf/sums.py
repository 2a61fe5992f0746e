"""The sums below the lines of a page: allowances and charges, VAT by rate and category, the total, and the amount due."""

from __future__ import annotations

from decimal import Decimal

from exports.pdf.formats import amount, percent, text
from invoices.documents.types import Allowance, IssuedDocument, Kind, VatGroup, default_category
from invoices.validation.en16931 import usual_reason

Row = dict[str, str]


def sums_of(issued: IssuedDocument) -> list[Row]:
    """From the lines to the total."""
    document = issued.document
    found = [
        *(_adjustment("Allowance", each, -each.amount, document.currency) for each in document.allowances),
        *(_adjustment("Charge", each, each.amount, document.currency) for each in document.charges),
        _row("Subtotal", issued.subtotal, document.currency),
    ]
    for group in issued.vat_groups:
        name = f"VAT {rate_of(group.rate, group.category)} on {amount(group.net, document.currency)}"
        found.append(_row(name, group.vat, document.currency))
    return found


def total_of(issued: IssuedDocument) -> Row:
    document = issued.document
    name = "Total credited" if document.kind is Kind.CREDIT_NOTE else "Total"
    return {"name": name, "value": f"{amount(issued.total_amount, document.currency)} {document.currency}"}


def due_of(issued: IssuedDocument) -> list[Row]:
    """What is left to be paid, where that is not the total."""
    document = issued.document
    if not (document.prepaid_amount or document.rounding_amount):
        return []
    found = []
    if document.prepaid_amount:
        found.append(_row("Prepaid", -document.prepaid_amount, document.currency))
    if document.rounding_amount:
        found.append(_row("Rounding", document.rounding_amount, document.currency))
    name = "Amount due" if document.kind is Kind.INVOICE else "Amount to be refunded"
    return [*found, _row(name, issued.payable_amount, document.currency)]


def reasons_of(issued: IssuedDocument) -> list[str]:
    """Why there is no VAT, by category."""
    return [
        f"{rate_of(group.rate, group.category)}: {text(reason)}"
        for group in issued.vat_groups
        if (reason := _reason(group))
    ]


def rate_of(rate: Decimal, category: str) -> str:
    """`19 %`; with its category where the rate alone does not say it, as in `0 % AE`."""
    return percent(rate) if category == default_category(rate) else f"{percent(rate)} {category}"


def _reason(group: VatGroup) -> str:
    return group.reason or usual_reason(group.category)[1]


def _adjustment(name: str, each: Allowance, signed: Decimal, currency: str) -> Row:
    reason = f": {text(each.reason)}" if each.reason else ""
    return _row(f"{name} ({rate_of(each.vat_rate, each.category)}){reason}", signed, currency)


def _row(name: str, value: Decimal, currency: str) -> Row:
    return {"name": name, "value": amount(value, currency)}

"""The sums below the lines of a page: allowances and charges, VAT by rate and category, the total, and the amount due."""

from __future__ import annotations

from decimal import Decimal

from exports.pdf.formats import amount, percent, text
from exports.pdf.words import Words
from invoices.documents.types import Allowance, IssuedDocument, Kind, VatGroup, default_category

Row = dict[str, str]


def sums_of(issued: IssuedDocument, words: Words) -> list[Row]:
    """From the lines to the total."""
    document = issued.document
    found = [
        *(_adjustment(words.allowance, each, -each.amount, document.currency, words) for each in document.allowances),
        *(_adjustment(words.charge, each, each.amount, document.currency, words) for each in document.charges),
        _row(words.subtotal, issued.subtotal, document.currency, words),
    ]
    for group in issued.vat_groups:
        net = amount(group.net, document.currency, words)
        name = words.vat_on.format(rate_of(group.rate, group.category, words), net)
        found.append(_row(name, group.vat, document.currency, words))
    return found


def total_of(issued: IssuedDocument, words: Words) -> Row:
    document = issued.document
    name = words.total_credited if document.kind is Kind.CREDIT_NOTE else words.total
    return {"name": name, "value": f"{amount(issued.total_amount, document.currency, words)} {document.currency}"}


def due_of(issued: IssuedDocument, words: Words) -> list[Row]:
    """What is left to be paid, where that is not the total."""
    document = issued.document
    if not (document.prepaid_amount or document.rounding_amount):
        return []
    found = []
    if document.prepaid_amount:
        found.append(_row(words.prepaid, -document.prepaid_amount, document.currency, words))
    if document.rounding_amount:
        found.append(_row(words.rounding, document.rounding_amount, document.currency, words))
    name = words.amount_due if document.kind is Kind.INVOICE else words.to_be_refunded
    return [*found, _row(name, issued.payable_amount, document.currency, words)]


def reasons_of(issued: IssuedDocument, words: Words) -> list[str]:
    """Why there is no VAT, by category."""
    return [
        f"{rate_of(group.rate, group.category, words)}: {text(reason)}"
        for group in issued.vat_groups
        if (reason := _reason(group, words))
    ]


def rate_of(rate: Decimal, category: str, words: Words) -> str:
    """`19 %`; with its category where the rate alone does not say it, as in `0 % AE`."""
    written = percent(rate, words)
    return written if category == default_category(rate) else f"{written} {category}"


def _reason(group: VatGroup, words: Words) -> str:
    return group.reason or words.reasons.get(group.category, "")


def _adjustment(name: str, each: Allowance, signed: Decimal, currency: str, words: Words) -> Row:
    reason = f": {text(each.reason)}" if each.reason else ""
    return _row(f"{name} ({rate_of(each.vat_rate, each.category, words)}){reason}", signed, currency, words)


def _row(name: str, value: Decimal, currency: str, words: Words) -> Row:
    return {"name": name, "value": amount(value, currency, words)}

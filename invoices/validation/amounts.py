"""Checks the sums of a document: totals above zero, VAT within its bound, no fractions of the smallest unit."""

from __future__ import annotations

from collections.abc import Iterator

from invoices import money
from invoices.documents.amounts import Amounts, amounts_of, calculated_vat, is_within_bound, vat_bound
from invoices.documents.gross import settle
from invoices.documents.types import Accept, Allowance, Document, GivenVat, VatGroup
from invoices.validation.finding import Finding
from runtime.currencies import unit_of

WITHIN_BOUND = "vat-bound"


def lint_amounts(document: Document, amounts: Amounts, *, may_be_zero: bool = False) -> list[Finding]:
    """The rules that the sums of a document with net prices break; empty when it can be issued."""
    may_be_zero = may_be_zero or Accept.ZERO_TOTAL in document.accepted
    return [*_totals(document, amounts, may_be_zero), *_vat(document, amounts), *_units(document, amounts)]


def lint_own_amounts(document: Document) -> list[Finding]:
    """The same for a document before it has met the store.

    What a credit note corrects decides on its VAT later, and the series on a total of zero.
    """
    if document.corrects is not None:
        return []
    net = settle(document)
    return lint_amounts(net, amounts_of(net), may_be_zero=True)


def _totals(document: Document, amounts: Amounts, may_be_zero: bool) -> Iterator[Finding]:
    total, subtotal = amounts.total_amount, amounts.subtotal
    if not total and not subtotal and not may_be_zero:
        message = f'the total is {total}; accept "zero-total", or use a series that may hold totals of zero'
        yield _finding("lines", message, rule=Accept.ZERO_TOTAL)
    elif subtotal < 0 or total < 0:
        yield _finding("lines", f"they add up to {subtotal}; a document is above zero, a credit note too")
    if amounts.vat_amount < 0:
        yield _finding("lines", f"their VAT adds up to {amounts.vat_amount}, which is below zero")
    if total >= money.LIMIT:
        yield _finding("lines", f"they come to {total}; a document stays below {money.LIMIT:,}")
    if document.prepaid_amount > total + document.rounding_amount:
        message = f"{document.prepaid_amount} is more than the {total + document.rounding_amount} that is to be paid"
        yield _finding("prepaid_amount", message)


def _vat(document: Document, amounts: Amounts) -> Iterator[Finding]:
    unit = unit_of(document.currency)
    given = {(each.rate, each.category): index for index, each in enumerate(document.vat)}
    for group in amounts.groups:
        if not is_within_bound(group, unit):
            index = given.get((group.rate, group.category))
            field = "vat" if index is None else f"vat.{index}.amount"
            vat, most = calculated_vat(group.net, group.rate, unit), vat_bound(group.rate, group.roundings, unit)
            message = (
                f"{group.vat} is given as the VAT of {group_name(group)} on {group.net}; it is calculated as {vat}, and "
                f"may be at most {money.quantize(most // unit * unit) if group.rate else 0} off"
            )
            yield _finding(field, message, rule=WITHIN_BOUND)


def _units(document: Document, amounts: Amounts) -> Iterator[Finding]:
    """Amounts of a currency without decimals are whole."""
    unit = unit_of(document.currency)
    if unit == money.CENT:
        return
    for index, net in enumerate(amounts.nets):
        if net % unit:
            message = f"it comes to {net}, and {document.currency} has no decimals; change the quantity or the price"
            yield _finding(f"lines.{index}.unit_price", message)
    several: list[Allowance | GivenVat] = [*document.allowances, *document.charges, *document.vat]
    amounts_given = [each.amount for each in several] + [document.prepaid_amount, document.rounding_amount]
    if any(amount % unit for amount in amounts_given):
        yield _finding("currency", f"{document.currency} has no decimals, and an amount has some; give whole amounts")


def group_name(group: VatGroup) -> str:
    """`19 % S`."""
    return f"{(group.rate * 100).normalize():f} % {group.category}"


def _finding(field: str, message: str, *, rule: str = "") -> Finding:
    return Finding(field=field, message=f"{message}.", rule=rule)

"""The lines of an e-invoice with the net amounts that it gives, to the cent."""

from __future__ import annotations

from dataclasses import replace
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from imports.reading.einvoices.values import PLACES, amount_of, category_of, exact_of, number_of, rate_of, text_of
from invoices import money
from invoices.documents.gross import priced
from invoices.documents.types import ZERO, Category, Line, LineAllowance

Terms = dict[str, Any]


def line_of(terms: Terms, reasons: dict[tuple[Decimal, str], str]) -> Line:
    """The line; `reasons` has the exemption reason of each rate and category."""
    rate = rate_of(terms, "BT-152")
    category = category_of(terms, "BT-151", rate)
    allowances = tuple(_allowance(each) for each in terms.get("BG-27", []) if amount_of(each, "amount"))
    line = Line(
        description=text_of(terms, "BT-153"),
        quantity=number_of(terms, "BT-129"),
        unit_price=ZERO,
        vat_rate=rate,
        product_code=text_of(terms, "BT-155"),
        vat_category=category,
        exemption_reason=_reason(category, reasons.get((rate, category), "")),
        allowances=allowances,
    )
    return _priced(line, amount_of(terms, "BT-131"), _given_price(terms))


def _reason(category: str, reason: str) -> str:
    """Of the categories that have one; category E is not possible without."""
    if not category or category == Category.ZERO:
        return ""
    return reason or ("Exempt from VAT" if category == Category.EXEMPT else "")


def _allowance(terms: Terms) -> LineAllowance:
    return LineAllowance(amount=amount_of(terms, "amount"), reason=text_of(terms, "reason"))


def _priced(line: Line, net: Decimal, given: Decimal) -> Line:
    """`line` with the net amount that the e-invoice gives, at the price as given where that comes to it.

    In EN 16931 the net amount decides, whatever quantity and price are. Charges of the line become part of the price; a
    price that has more than six decimals, or is of several pieces, is another price for one piece. What was given stays
    in the further terms.
    """
    wanted = net + line.allowance_amount
    candidates = [(line.quantity, given)]
    if line.quantity:
        price = wanted / line.quantity
        candidates += [(line.quantity, price), (-line.quantity, -price)]
    for quantity, price in candidates:
        rounded = price.quantize(PLACES, rounding=ROUND_HALF_UP)
        if rounded >= 0 and money.quantize(quantity * rounded) == wanted:
            return replace(line, quantity=quantity, unit_price=rounded)
    return replace(priced(line, wanted), allowances=line.allowances)


def _given_price(terms: Terms) -> Decimal:
    """The price of one piece."""
    price, base = exact_of("BT-146", text_of(terms, "BT-146")), text_of(terms, "BT-149")
    per = exact_of("BT-149", base) if base else Decimal(1)
    return price / per if per else price

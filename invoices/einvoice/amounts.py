"""Lines, allowances, VAT and sums in the terms of EN 16931. Amounts have the decimals of their currency."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from functools import partial
from typing import Any

from invoices import money
from invoices.documents.types import ZERO, Allowance, Category, IssuedDocument, Line, VatGroup
from invoices.einvoice.texts import clean, percent, plain
from invoices.validation.en16931 import usual_reason

Terms = dict[str, Any]

# UNECE Recommendation 20: one piece of an item.
UNIT = "C62"
# Each allowance and charge has a reason (BR-33, BR-38, BR-42).
USUAL_ALLOWANCE, USUAL_CHARGE = "Discount", "Charge"


def amounts_of(issued: IssuedDocument) -> Terms:
    """Everything with an amount in it."""
    document = issued.document
    found = {
        "BG-23": [_vat_group(group, document.currency) for group in issued.vat_groups],
        "BG-25": [_line(position, line, document.currency) for position, line in enumerate(document.lines, start=1)],
        **_totals(issued),
    }
    if document.allowances:
        found["BG-20"] = _adjustments(document.allowances, USUAL_ALLOWANCE, document.currency)
    if document.charges:
        found["BG-21"] = _adjustments(document.charges, USUAL_CHARGE, document.currency)
    return found


def _totals(issued: IssuedDocument) -> Terms:
    document, text = issued.document, partial(money.printed, currency=issued.document.currency)
    found = {
        "BT-106": text(sum((line.net for line in document.lines), ZERO)),
        "BT-109": text(issued.subtotal),
        "BT-110": text(issued.vat_amount),
        "BT-112": text(issued.total_amount),
        "BT-115": text(issued.payable_amount),
    }
    some = {
        "BT-107": sum((each.amount for each in document.allowances), ZERO),
        "BT-108": sum((each.amount for each in document.charges), ZERO),
        "BT-113": document.prepaid_amount,
        "BT-114": document.rounding_amount,
    }
    return found | {term: text(amount) for term, amount in some.items() if amount}


def _vat_group(group: VatGroup, currency: str) -> Terms:
    code, usual = usual_reason(group.category)
    found = {
        "BT-116": money.printed(group.net, currency),
        "BT-117": money.printed(group.vat, currency),
        "BT-118": group.category,
        "BT-119": percent(group.rate),
    }
    # S and Z have no reason: whatever the document says of it.
    if usual:
        found["BT-120"] = clean(group.reason) or usual
    if code:
        found["BT-121"] = code
    return _without_rate(found, "BT-119", group.category)


def _line(position: int, line: Line, currency: str) -> Terms:
    found: Terms = {
        "BT-126": str(position),
        "BT-129": plain(line.quantity),
        "BT-130": UNIT,
        "BT-131": money.printed(line.net, currency),
        "BT-146": plain(line.unit_price),
        "BT-151": line.category,
        "BT-152": percent(line.vat_rate),
        "BT-153": clean(line.description),
    }
    if line.product_code:
        found["BT-155"] = clean(line.product_code)
    if line.allowances:
        found["BG-27"] = [_reasoned(each.amount, each.reason, USUAL_ALLOWANCE, currency) for each in line.allowances]
    return _without_rate(found, "BT-152", line.category)


def _adjustments(several: Sequence[Allowance], usual: str, currency: str) -> list[Terms]:
    return [
        _without_rate(
            _reasoned(each.amount, each.reason, usual, currency)
            | {"vat_category_code": each.category, "vat_rate": percent(each.vat_rate)},
            "vat_rate",
            each.category,
        )
        for each in several
    ]


def _reasoned(amount: Decimal, reason: str, usual: str, currency: str) -> Terms:
    return {"amount": money.printed(amount, currency), "reason": clean(reason) or usual}


def _without_rate(found: Terms, term: str, category: str) -> Terms:
    """What is not subject to VAT has no rate, not even 0 (BR-O-05)."""
    if category == Category.OUT_OF_SCOPE:
        del found[term]
    return found

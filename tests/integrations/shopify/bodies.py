"""Bodies in the shape of Shopify's webhooks, reduced to what is read, with taxes rounded by the line, half up."""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal
from typing import Any

Body = dict[str, Any]
ADDRESS = {
    "first_name": "Erika", "last_name": "Musterfrau", "name": "Erika Musterfrau", "company": None, "address1": "Beispielweg 1",
    "address2": None, "city": "Berlin", "zip": "10115", "province": None, "country": "Germany", "country_code": "DE",
}  # fmt: skip


def both(amount: str, currency: str = "EUR", shown: str | None = None) -> Body:
    """An amount in the money of the shop and as the buyer saw it."""
    seen = {"amount": shown or amount, "currency_code": "GBP" if shown else currency}
    return {"shop_money": {"amount": amount, "currency_code": currency}, "presentment_money": seen}


def taxes(paid: str, *rates: float, is_gross: bool = True) -> list[Body]:
    found = []
    for rate in rates:
        share = Decimal(str(rate)) / (1 + Decimal(str(rate))) if is_gross else Decimal(str(rate))
        tax = (Decimal(paid) * share).quantize(Decimal("0.01"), ROUND_HALF_UP)
        found.append({"title": f"VAT {rate}", "rate": rate, "price": str(tax), "price_set": both(str(tax))})
    return found


def item(price: str, *rates: float, quantity: int = 1, off: str = "0.00", is_gross: bool = True, **more: Any) -> Body:
    """A line of `quantity` pieces with a discount of `off` on all of them."""
    paid = str(Decimal(price) * quantity - Decimal(off))
    allocated = [{"amount": off, "amount_set": both(off), "discount_application_index": 0}] if Decimal(off) else []
    values: Body = {
        "id": 200201, "title": "Mug", "name": "Mug - blue", "sku": None, "quantity": quantity, "current_quantity": quantity,
        "price": price, "price_set": both(price), "product_id": 800001, "product_exists": True, "gift_card": False,
        "taxable": True, "tax_lines": taxes(paid, *rates, is_gross=is_gross), "discount_allocations": allocated, "duties": [],
    }  # fmt: skip
    return values | more


def shipping(price: str, *rates: float) -> Body:
    return {
        "id": 200290, "title": "DHL", "price": price, "price_set": both(price), "discounted_price": price,
        "discounted_price_set": both(price), "is_removed": False, "discount_allocations": [], "tax_lines": taxes(price, *rates),
    }  # fmt: skip


def order(total: str, *items: Body, **changes: Any) -> Body:
    values: Body = {
        "id": 2002, "name": "#2002", "currency": "EUR", "presentment_currency": "EUR", "taxes_included": True, "test": False,
        "financial_status": "paid", "fulfillment_status": None, "cancelled_at": None, "total_price": total,
        "total_price_set": both(total), "total_tip_received": "0.00", "tax_exempt": False,
        "total_cash_rounding_payment_adjustment_set": both("0.00"), "created_at": "2026-11-29T10:00:00+01:00",
        "processed_at": "2026-11-29T10:00:00+01:00", "updated_at": "2026-11-29T10:00:02+01:00", "email": "erika@example.com",
        "billing_address": ADDRESS, "shipping_address": ADDRESS, "customer": {"id": 7001, "tax_exempt": False},
        "line_items": list(items), "shipping_lines": [], "refunds": [], "note_attributes": [],
    }  # fmt: skip
    return values | changes


def back(line: Body, subtotal: str, tax: str, quantity: int = 1) -> Body:
    return {
        "id": 1, "quantity": quantity, "line_item_id": line["id"], "line_item": line, "restock_type": "return",
        "subtotal": float(subtotal), "total_tax": float(tax), "subtotal_set": both(subtotal), "total_tax_set": both(tax),
    }  # fmt: skip


def refund(refund_id: int, paid: str | None, *backs: Body, status: str = "success", **changes: Any) -> Body:
    """A refund of which the payment provider paid `paid` back; None where it had nothing to do."""
    moment = f"2026-11-29T15:00:{refund_id % 60:02d}+01:00"
    paid_back = [{"kind": "refund", "status": status, "amount": paid, "currency": "EUR"}] if paid else []
    values = {
        "id": refund_id, "created_at": moment, "processed_at": moment, "note": None, "refund_line_items": list(backs),
        "order_adjustments": [], "transactions": paid_back, "total_duties_set": both("0.00"),
    }  # fmt: skip
    return values | changes


def adjustment(amount: str, kind: str = "refund_discrepancy", tax: str = "0.00") -> Body:
    return {"kind": kind, "amount": amount, "amount_set": both(amount), "tax_amount": tax, "tax_amount_set": both(tax)}


MUG = item("9.99", 0.19, quantity=3, off="3.00")
BOOK = item("12.90", 0.07, off="1.29", id=200202, title="Book")
TWO_RATES = order("43.48", MUG, BOOK, shipping_lines=[shipping("4.90", 0.19)])
ONE_MUG = order("9.99", item("9.99", 0.19), id=2001)
MUG_BACK = refund(3001, "8.99", back(MUG, "8.99", "1.44"))
AMOUNT_BACK = refund(3002, "2.00", order_adjustments=[adjustment("-2.00")])
# Rate, net and VAT of the groups of the invoice.
INVOICED: dict[str, tuple[Body, list[tuple[str, str, str]]]] = {
    "one-mug": (ONE_MUG, [("0.19", "8.39", "1.60")]),
    "two-rates-discounts-and-shipping": (TWO_RATES, [("0.07", "10.85", "0.76"), ("0.19", "26.78", "5.09")]),
    "quebec": (
        order("39.03", item("19.99", 0.05, 0.09975, is_gross=False), item("3.49", 0.05, 0.09975, quantity=4, is_gross=False),
              currency="CAD", presentment_currency="CAD", taxes_included=False),
        [("0.14975", "33.95", "5.08")],
    ),
    # Within cents of what each of two taxes may be rounded, and beyond the bound of documents.
    "two-taxes-each-rounded": (
        order("29.68", *(item("12.90", 0.05, 0.09975, is_gross=False) for _ in range(2)), taxes_included=False),
        [("0.14975", "25.80", "3.86")],
    ),
    "seen-in-pounds": (
        order("162.04", item("162.04", 0.19), presentment_currency="GBP", total_price_set=both("162.04", shown="142.32")),
        [("0.19", "136.17", "25.87")],
    ),
    "null-product": (
        order("17.49", item("7.50", 0.19, product_id=None, variant_id=None, product_exists=False), item("9.99", 0.19)),
        [("0.19", "14.69", "2.80")],
    ),
    "ten-lines": (order("9.90", *(item("0.99", 0.2) for _ in range(10))), [("0.2", "8.20", "1.70")]),
    "four-hundred-lines": (order("196.00", *(item("0.49", 0.2) for _ in range(400))), [("0.2", "164.00", "32.00")]),
    "cash": (
        order("10.00", item("9.99", 0.19), total_cash_rounding_payment_adjustment_set=both("0.01")), [("0.19", "8.39", "1.60")],
    ),
    "exempt-customer": (order("9.99", item("9.99", 0.19) | {"tax_lines": [{"rate": 0.19, "price": "0.00"}]}, tax_exempt=True),
                        [("0", "9.99", "0.00")]),
}  # fmt: skip
NOT_INVOICED: dict[str, tuple[Body, str]] = {
    "nothing-charged": (order("0.00", item("5.00", 0.19, off="5.00")), "set_aside:nothing-charged"),
    "test": (ONE_MUG | {"test": True}, "set_aside:test-order"),
    "cancelled": (ONE_MUG | {"financial_status": "voided", "cancelled_at": "2026-11-29T11:00:00+01:00"}, "set_aside:not-paid"),
    "voided": (ONE_MUG | {"financial_status": "voided"}, "set_aside:not-paid"),
    "pending": (ONE_MUG | {"financial_status": "pending"}, "waiting:None"),
    "authorized": (ONE_MUG | {"financial_status": "authorized"}, "waiting:None"),
    "partially-paid": (ONE_MUG | {"financial_status": "partially_paid"}, "waiting:None"),
    "only-a-gift-card": (order("50.00", item("50.00", gift_card=True)), "set_aside:voucher-only"),
    "another-total": (ONE_MUG | {"total_price_set": both("10.99")}, "quarantined:sums-differ"),
    "tax-too-small": (
        order("202.98", item("199.00", 0.06) | {"tax_lines": [{"rate": 0.06, "price": "3.98"}]}, taxes_included=False),
        "quarantined:vat-differs",
    ),
    "no-tax-at-home": (order("9.99", item("9.99")), "quarantined:unknown-rate"),
}  # fmt: skip

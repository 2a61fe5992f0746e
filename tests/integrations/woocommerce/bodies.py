"""Bodies as WooCommerce 11 sends them, reduced to what is read, with the numbers that real shops had in such cases."""

from __future__ import annotations

from typing import Any

Body = dict[str, Any]
BILLING = {
    "first_name": "Erika", "last_name": "Musterfrau", "company": "", "address_1": "Beispielweg 1", "address_2": "",
    "city": "Berlin", "state": "DE-BE", "postcode": "10115", "country": "DE", "email": "erika@example.com",
}  # fmt: skip
# Percentages by tax id, as a shop in Germany that also sells to New York and Quebec has them.
PERCENT = {1: 19, 2: 7, 3: 8.875, 4: 5, 5: 9.975, 6: 0}


def item(total: str, *taxes: tuple[int, str], name: str = "Mug", quantity: float = 1, **more: Any) -> Body:
    """A line: its net and its taxes, by tax id. What does not add up in real bodies is left out."""
    return {
        "id": 1, "name": name, "sku": name.upper(), "quantity": quantity, "total": total, "price": 0.27731085714285714,
        "taxes": [{"id": each, "total": tax, "subtotal": ""} for each, tax in taxes],
    } | more  # fmt: skip


def shipping(total: str, *taxes: tuple[int, str]) -> Body:
    line = item(total, *taxes) | {"method_title": "DHL"}
    return {key: value for key, value in line.items() if key not in ("name", "sku", "quantity")}


def tax_line(tax_id: int, tax_total: str, shipping_tax_total: str = "0.00", **more: Any) -> Body:
    named = {"rate_id": tax_id, "compound": False, "tax_total": tax_total, "shipping_tax_total": shipping_tax_total}
    return named | {"rate_percent": PERCENT.get(tax_id)} | more


def order(total: str, items: list[Body], tax_lines: list[Body], order_id: int = 18, **changes: Any) -> Body:
    values: Body = {
        "id": order_id, "number": str(order_id), "parent_id": 0, "status": "processing", "currency": "EUR",
        "total": total, "date_created_gmt": "2026-11-30T02:06:18", "date_modified_gmt": "2026-11-30T02:06:20",
        "date_paid_gmt": "2026-11-30T02:06:20", "date_completed_gmt": None, "billing": BILLING, "shipping": BILLING,
        "customer_id": 0, "line_items": items, "tax_lines": tax_lines, "shipping_lines": [], "fee_lines": [],
        "coupon_lines": [], "refunds": [], "meta_data": [],
    }  # fmt: skip
    return values | changes


def refund(refund_id: int, amount: str, items: list[Body] | None = None, tax_lines: list[Body] | None = None,
           **changes: Any) -> Body:  # fmt: skip
    values = {
        "id": refund_id, "amount": amount, "reason": "broken", "date_created_gmt": f"2026-11-30T02:07:{refund_id % 60:02d}",
        "line_items": items or [], "tax_lines": tax_lines or [], "shipping_lines": [], "fee_lines": [], "meta_data": [],
    }  # fmt: skip
    return values | changes


def named(refund_body: Body) -> Body:
    """What the body of an order says of a refund."""
    return {"id": refund_body["id"], "reason": refund_body["reason"], "total": f"-{refund_body['amount']}"}


MUGS = order("35.80", [item("25.18", (1, "4.79"), quantity=3)], [tax_line(1, "4.79", "0.93")],
             shipping_lines=[shipping("4.90", (1, "0.93"))])  # fmt: skip
ONE_MUG = order("9.99", [item("8.39", (1, "1.60"))], [tax_line(1, "1.60")], 29)
# The shop's numbers by case, each with the groups of its invoice: rate, net and VAT.
INVOICED: dict[str, tuple[Body, list[tuple[str, str, str]]]] = {
    "three-mugs-and-shipping": (MUGS, [("0.19", "30.08", "5.72")]),
    "two-rates-and-a-fee": (
        order("43.19", [item("8.39", (1, "1.60")), item("24.11", (2, "1.69"), name="Book", quantity=2)],
              [tax_line(1, "2.00", "0.78"), tax_line(2, "1.69")], shipping_lines=[shipping("4.12", (1, "0.78"))],
              fee_lines=[item("2.10", (1, "0.40"), name="Gift wrap")]),
        [("0.07", "24.11", "1.69"), ("0.19", "14.61", "2.78")],
    ),
    "ten-times-a-third": (
        order("3.30", [*(item("0.28", (1, "0.05")) for _ in range(3)), item("1.94", (1, "0.37"), quantity=7)],
              [tax_line(1, "0.52")]),
        [("0.19", "2.78", "0.52")],
    ),
    "ten-percent-coupon": (
        order("38.58", [item("22.67", (1, "4.31"), quantity=3), item("10.84", (2, "0.76"), name="Book")],
              [tax_line(1, "4.31"), tax_line(2, "0.76")], coupon_lines=[{"code": "TEN", "discount": "3.72"}]),
        [("0.07", "10.84", "0.76"), ("0.19", "22.67", "4.31")],
    ),
    "fee-below-zero": (
        order("16.41", [item("16.79", (1, "3.19"), quantity=2)], [tax_line(1, "2.62")],
              fee_lines=[item("-3.00", (1, "-0.57"), name="Loyalty")]),
        [("0.19", "13.79", "2.62")],
    ),
    "one-mug": (ONE_MUG, [("0.19", "8.39", "1.60")]),
    "new-york": (
        order("73.18", [item("59.97", (3, "5.32"), quantity=3)], [tax_line(3, "5.32", "0.64")],
              shipping_lines=[shipping("7.25", (3, "0.64"))]),
        [("0.08875", "67.22", "5.96")],
    ),
    # The lines' own taxes are 8.60 here, and the second says 5.61 in its `total_tax`.
    "quebec": (
        order("66.10", [item("19.99", (4, "1.00"), (5, "1.99")), item("37.50", (4, "1.87"), (5, "3.74"))],
              [tax_line(4, "2.88"), tax_line(5, "5.73")]),
        [("0.14975", "57.49", "8.61")],
    ),
    "compound": (
        order("114.98", [item("100.00", (4, "5.00"), (5, "9.98"))],
              [tax_line(4, "5.00"), tax_line(5, "9.98", compound=True, rate_percent=9.5)]),
        [("0.14975", "100.00", "14.98")],
    ),
    "rounded-at-subtotal": (
        order("65.29", [item("19.99", (3, "1.77")) for _ in range(3)], [tax_line(3, "5.32")]),
        [("0.08875", "59.97", "5.32")],
    ),
    # A book in Quebec has one of the two taxes: the sets overlap, so the lines' own taxes count.
    "overlapping-taxes": (
        order("252.25", [item("100.00", (4, "5.00"), (5, "9.97")), item("130.73", (4, "6.54"), name="Book")],
              [tax_line(4, "11.54"), tax_line(5, "9.98")]),
        [("0.05", "130.73", "6.55"), ("0.14975", "100.00", "14.97")],
    ),
    "no-decimals": (
        order("1100", [item("1000", (1, "100"))], [tax_line(1, "100", rate_percent=10)], currency="JPY"),
        [("0.1", "1000.00", "100.00")],
    ),
    "zero-rate": (order("12.00", [item("12.00", (6, "0.00"))], [tax_line(6, "0.00")]), [("0", "12.00", "0.00")]),
    "half-a-yard": (order("5.95", [item("5.00", (1, "0.95"), quantity=1.5)], [tax_line(1, "0.95")]), [("0.19", "5.00", "0.95")]),
    "free-article": (
        order("9.99", [item("8.39", (1, "1.60")), item("0.00", (1, "0.00"), name="Sticker")], [tax_line(1, "1.60")],
              shipping_lines=[shipping("0.00")]),
        [("0.19", "8.39", "1.60")],
    ),
}  # fmt: skip
NOT_INVOICED: dict[str, tuple[Body, str]] = {
    "nothing-charged": (order("0.00", [item("0.00", (1, "0.00"))], [tax_line(1, "0.00")]), "set_aside:nothing-charged"),
    "pending": (ONE_MUG | {"status": "pending", "date_paid_gmt": None}, "waiting:None"),
    "cash-on-delivery": (ONE_MUG | {"date_paid_gmt": None}, "waiting:None"),
    "on-hold": (ONE_MUG | {"status": "on-hold", "date_paid_gmt": None}, "waiting:None"),
    "draft": (ONE_MUG | {"status": "checkout-draft", "date_paid_gmt": None}, "waiting:None"),
    "cancelled-after-payment": (ONE_MUG | {"status": "cancelled"}, "set_aside:not-paid"),
    "failed": (ONE_MUG | {"status": "failed"}, "set_aside:not-paid"),
    "trash": (ONE_MUG | {"status": "trash"}, "set_aside:trashed"),
    "dinars": (ONE_MUG | {"currency": "KWD", "total": "9.990"}, "quarantined:currency"),
    "yen-with-cents": (
        order("18", [item("16.36", (1, "1.44"))], [tax_line(1, "1.44", rate_percent=10)], currency="JPY"),
        "quarantined:sums-differ",
    ),
    "vat-too-far": (order("10.39", [item("8.39", (1, "2.00"))], [tax_line(1, "2.00")]), "quarantined:vat-differs"),
    "unnamed-rate": (order("9.99", [item("8.39", (9, "1.60"))], [tax_line(9, "1.60")]), "quarantined:unknown-rate"),
    "no-tax-at-home": (order("9.99", [item("9.99")], []), "quarantined:unknown-rate"),
    "only-a-gift-card": (
        order("50.00", [item("50.00", name="Gift card", meta_data=[{"key": "wc_gc_giftcard_amount", "value": "50"}])], []),
        "set_aside:voucher-only",
    ),
}  # fmt: skip

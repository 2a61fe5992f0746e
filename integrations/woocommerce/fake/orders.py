"""Orders and refunds of a fake shop, and their JSON as the REST API and webhooks have it."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal

from integrations.woocommerce.fake import goods
from integrations.woocommerce.fake.clock import text
from integrations.woocommerce.fake.goods import Item, Json

BILLING = {
    "first_name": "Erika", "last_name": "Musterfrau", "company": "", "address_1": "Beispielweg 1", "address_2": "",
    "city": "Berlin", "state": "DE-BE", "postcode": "10115", "country": "DE", "email": "erika@example.com", "phone": "",
}  # fmt: skip


@dataclass(kw_only=True)
class FakeRefund:
    """Without items, only an amount is refunded."""

    id: int
    amount: Decimal
    created_at: datetime
    items: tuple[Item, ...] = ()
    has_shipping: bool = False

    def as_json(self) -> Json:
        return {
            "id": self.id, "date_created": text(self.created_at), "date_created_gmt": text(self.created_at),
            "amount": f"{self.amount:.2f}", "reason": "broken", "refunded_by": 1, "refunded_payment": False, "meta_data": [],
            "line_items": [goods.line_of(item, self.id * 100 + n, sign=-1) for n, item in enumerate(self.items)],
            "shipping_lines": [goods.shipping_line(self.id * 100 + 99, sign=-1)] if self.has_shipping else [],
            "tax_lines": goods.tax_lines(self.items, has_shipping=self.has_shipping, sign=-1), "fee_lines": [],
        }  # fmt: skip


@dataclass(kw_only=True)
class FakeOrder:
    """`changed_at` moves with every change that WooCommerce dates."""

    id: int
    items: tuple[Item, ...]
    created_at: datetime
    changed_at: datetime
    status: str = "pending"
    has_shipping: bool = True
    paid_at: datetime | None = None
    completed_at: datetime | None = None
    refunds: list[FakeRefund] = field(default_factory=list)
    # What it was before it was put into the trash.
    status_before: str = ""
    edit_count: int = 0

    @property
    def total(self) -> Decimal:
        return goods.gross_of(self.items, has_shipping=self.has_shipping)

    @property
    def left(self) -> Decimal:
        return self.total - sum((each.amount for each in self.refunds), Decimal(0))

    def as_json(self) -> Json:
        times = {
            "date_created": self.created_at, "date_modified": self.changed_at, "date_paid": self.paid_at,
            "date_completed": self.completed_at,
        }  # fmt: skip
        dates: Json = {name + suffix: text(at) for name, at in times.items() for suffix in ("", "_gmt")}
        # The id is first, as in WooCommerce.
        return {
            "id": self.id, "parent_id": 0, "status": self.status, "currency": "EUR", "version": "11.0.1",
            "prices_include_tax": True, "discount_total": "0.00", "discount_tax": "0.00", "total": f"{self.total:.2f}",
            "customer_id": 0, "order_key": f"wc_order_{self.id}", "billing": BILLING, "shipping": BILLING,
            "payment_method": "bacs", "number": str(self.id), "meta_data": [],
            "line_items": [goods.line_of(item, self.id * 100 + n) for n, item in enumerate(self.items)],
            "tax_lines": goods.tax_lines(self.items, has_shipping=self.has_shipping),
            "shipping_lines": [goods.shipping_line(self.id * 100 + 99)] if self.has_shipping else [],
            "fee_lines": [], "coupon_lines": [], "currency_symbol": "\u20ac",
            "refunds": [
                {"id": each.id, "reason": "broken", "total": f"-{each.amount:.2f}", "total_tax": "0.00"}
                for each in reversed(self.refunds)
            ],
        } | dates  # fmt: skip

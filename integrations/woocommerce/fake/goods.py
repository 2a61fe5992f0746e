"""What a fake shop sells, and the lines and taxes of an order as WooCommerce computes them: rounded by the line."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

CENT = Decimal("0.01")
Json = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Article:
    """`gross` is the price on the shelf, with the tax of `rate_id`. One without a `category` is in WordPress's own."""

    product_id: int
    name: str
    sku: str
    gross: Decimal
    rate_id: int
    category: str = ""


@dataclass(frozen=True, slots=True)
class Item:
    article: Article
    quantity: int = 1

    @property
    def gross(self) -> Decimal:
        return self.article.gross * self.quantity


PERCENT = {1: Decimal(19), 2: Decimal(7)}
MUG = Article(11, "Mug", "MUG", Decimal("9.99"), 1, "Kitchen &amp; home")
BOOK = Article(12, "Book", "BOOK", Decimal("12.90"), 2, "Books")
SPOON = Article(13, "Spoon &amp; fork", "SPOON", Decimal("4.50"), 1)
PENNY = Article(36, "Screw", "SCREW", Decimal("0.33"), 1)
ARTICLES = (MUG, BOOK, SPOON, PENNY)
SHIPPING = Article(0, "DHL", "", Decimal("5.83"), 1)


def split(gross: Decimal, rate_id: int) -> tuple[Decimal, Decimal]:
    """Net and tax of a gross amount."""
    percent = PERCENT[rate_id]
    tax = (gross * percent / (100 + percent)).quantize(CENT, ROUND_HALF_UP)
    return gross - tax, tax


def line_of(item: Item, line_id: int, *, sign: int = 1) -> Json:
    """A line item; `sign` is -1 in a refund."""
    net, tax = split(item.gross, item.article.rate_id)
    net, tax = sign * net, sign * tax
    return {
        "id": line_id, "name": item.article.name, "product_id": item.article.product_id, "variation_id": 0,
        "quantity": sign * item.quantity, "tax_class": "", "subtotal": f"{net}", "subtotal_tax": f"{tax}",
        "total": f"{net}", "total_tax": f"{tax}", "meta_data": [], "sku": item.article.sku, "global_unique_id": "",
        "taxes": [{"id": item.article.rate_id, "total": f"{tax}", "subtotal": f"{tax}"}],
        "price": float(net / (sign * item.quantity)), "image": {"id": "", "src": ""}, "parent_name": None,
    }  # fmt: skip


def shipping_line(line_id: int, *, sign: int = 1) -> Json:
    net, tax = split(SHIPPING.gross, SHIPPING.rate_id)
    return {
        "id": line_id, "method_title": SHIPPING.name, "method_id": "flat_rate", "instance_id": "", "total": f"{sign * net}",
        "total_tax": f"{sign * tax}", "taxes": [{"id": 1, "total": f"{sign * tax}", "subtotal": ""}],
        "tax_status": "taxable", "meta_data": [],
    }  # fmt: skip


def tax_lines(items: Sequence[Item], *, has_shipping: bool, sign: int = 1) -> list[Json]:
    """The taxes of the whole order, one line for each rate."""
    of_goods, of_shipping = dict.fromkeys(PERCENT, Decimal(0)), dict.fromkeys(PERCENT, Decimal(0))
    for item in items:
        of_goods[item.article.rate_id] += split(item.gross, item.article.rate_id)[1]
    if has_shipping:
        of_shipping[SHIPPING.rate_id] += split(SHIPPING.gross, SHIPPING.rate_id)[1]
    return [
        {
            "id": 100 + rate_id, "rate_code": f"DE-MWST. {percent} %-1", "rate_id": rate_id, "label": f"MwSt. {percent} %",
            "compound": False, "tax_total": f"{sign * of_goods[rate_id]:.2f}",
            "shipping_tax_total": f"{sign * of_shipping[rate_id]:.2f}", "rate_percent": int(percent), "meta_data": [],
        }
        for rate_id, percent in PERCENT.items()
        if of_goods[rate_id] or of_shipping[rate_id]
    ]  # fmt: skip


def gross_of(items: Sequence[Item], *, has_shipping: bool) -> Decimal:
    return sum((item.gross for item in items), SHIPPING.gross if has_shipping else Decimal(0))

"""The VAT category of lines without VAT, by where seller and buyer are. Arithmetic only; no tax advice."""

from __future__ import annotations

from invoices.documents.types import Category, Party
from orders.snapshot import LineKind, OrderLine, OrderSnapshot

_EU = "AT BE BG CY CZ DE DK EE ES FI FR GR HR HU IE IT LT LU LV MT NL PL PT RO SE SI SK"
EU = frozenset(_EU.split())
EXEMPT_REASON = "Customer exempt from VAT"


def destination_of(order: OrderSnapshot) -> str:
    """The country that the order goes to; empty when the shop does not say."""
    return (order.delivery.country if order.delivery else "") or order.buyer.country


def category_of(line: OrderLine, order: OrderSnapshot, seller: Party) -> Category:
    """The VAT category of `line`; the shop's own where it has one."""
    if line.vat_rate:
        return Category.STANDARD
    if line.vat_category:
        return Category(line.vat_category)
    destination = destination_of(order)
    if seller.country in EU and destination and destination not in EU:
        return Category.EXPORT
    if seller.country in EU and destination not in ("", seller.country) and order.buyer.vat_id:
        return Category.INTRA_COMMUNITY
    return Category.EXEMPT if order.is_tax_exempt else Category.ZERO


def is_rate_unknown(line: OrderLine, order: OrderSnapshot, seller: Party) -> bool:
    """Whether goods stay in a country that taxes them, and neither tax nor a reason against it is known."""
    is_untaxed = not line.vat_rate and not line.vat_category and line.kind == LineKind.ITEM and line.net > 0
    return (
        is_untaxed
        and seller.country in EU
        and destination_of(order) == seller.country
        and category_of(line, order, seller) == Category.ZERO
    )

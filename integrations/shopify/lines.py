"""Lines of a Shopify order or refund, with the VAT of each rate: the sum of the taxes of its lines.

Prices include the taxes where the order says so. Gift cards that are sold are no goods.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from decimal import Decimal

from integrations.shopify.values import Json, shop_money
from invoices import money
from invoices.documents.types import ZERO, GivenVat
from orders.reading import amount, clean, number
from orders.snapshot import LineKind, OrderLine

MOST_DESCRIPTION = 1000


@dataclass(frozen=True, kw_only=True, slots=True)
class Sold:
    """One line: its net and its tax."""

    line: OrderLine
    tax: Decimal
    is_voucher: bool = False

    @property
    def gross(self) -> Decimal:
        return self.line.net + self.tax


@dataclass(frozen=True, slots=True)
class Price:
    """How the amounts of an order are to be read."""

    currency: str
    is_gross: bool

    def sold(
        self, record: Json, kind: LineKind, price: Decimal, tax: Decimal, rate: Decimal, quantity: Decimal
    ) -> Sold:
        """A line whose price, of all its pieces, may include its tax."""
        price = amount(price, self.currency)
        line = OrderLine(
            kind=kind,
            description=clean(record.get("title") or record.get("name"), MOST_DESCRIPTION) or kind.capitalize(),
            product_code=clean(record.get("sku"), 100),
            quantity=abs(quantity) or Decimal(1),
            net=price - tax if self.is_gross else price,
            vat_rate=rate,
            tax_count=max(1, len(record.get("tax_lines") or [])),
        )
        is_voucher = bool(record.get("gift_card")) and not tax
        return Sold(line=line, tax=tax, is_voucher=is_voucher)


def read_order(order: Json, price: Price) -> list[Sold]:
    """Items with their duties, shipping, and fees of the whole order."""
    return [*_items(order, price), *_shipping(order, price), *_fees(order, price)]


def read_refund(refund: Json, order: Json, price: Price) -> list[Sold]:
    """Items, shipping and duties that are given back."""
    found = [_item_back(each, price) for each in refund.get("refund_line_items") or []]
    return [*found, *_shipping_back(refund, order, price), *_duties_back(refund, price)]


def vat_of(sold: Iterable[Sold]) -> tuple[GivenVat, ...]:
    """The VAT of each rate above 0, and at 0 where there is any."""
    found: dict[Decimal, Decimal] = {}
    for each in sold:
        if each.line.vat_rate or each.tax:
            found[each.line.vat_rate] = found.get(each.line.vat_rate, ZERO) + each.tax
    return tuple(GivenVat(rate=rate, amount=tax) for rate, tax in sorted(found.items()))


def goods_of(sold: Iterable[Sold]) -> tuple[OrderLine, ...]:
    return tuple(each.line for each in sold if not each.is_voucher)


def vouchers_of(sold: Iterable[Sold]) -> Decimal:
    return sum((each.gross for each in sold if each.is_voucher), ZERO)


def tax_of(record: Json, price: Decimal, currency: str) -> tuple[Decimal, Decimal]:
    """Tax and rate of a line with `price`. Taxes of 0.00 on a price do not apply: the customer is exempt."""
    taxes = record.get("tax_lines") or []
    tax = sum((shop_money(each, "price", currency) for each in taxes), ZERO)
    rate = sum((number(each["rate"]) for each in taxes), Decimal(0)).quantize(money.RATE_UNIT)
    is_exempt = not tax and money.vat_of(abs(price), rate) > 0
    return (ZERO, ZERO) if is_exempt else (tax, rate)


def _items(order: Json, price: Price) -> Iterator[Sold]:
    for item in order["line_items"]:
        quantity = number(item["quantity"])
        paid = shop_money(item, "price", price.currency) * quantity - _discounts(item, price.currency)
        yield price.sold(item, LineKind.ITEM, paid, *tax_of(item, paid, price.currency), quantity)
        for duty in item.get("duties") or []:
            due = amount(
                (duty.get("shop_money") or duty.get("price_set", {}).get("shop_money") or {}).get("amount"),
                price.currency,
            )
            yield price.sold({"title": "Duty"}, LineKind.FEE, due, *tax_of(duty, due, price.currency), Decimal(1))


def _shipping(order: Json, price: Price) -> Iterator[Sold]:
    for line in order.get("shipping_lines") or []:
        if not line.get("is_removed"):
            discounts = _discounts(line, price.currency)
            name = "price" if discounts or "discounted_price_set" not in line else "discounted_price"
            paid = shop_money(line, name, price.currency) - discounts
            yield price.sold(line, LineKind.SHIPPING, paid, *tax_of(line, paid, price.currency), Decimal(1))


def _fees(order: Json, price: Price) -> Iterator[Sold]:
    fee = shop_money(order, "original_total_additional_fees", price.currency)
    if fee:
        yield price.sold({"title": "Additional fees"}, LineKind.FEE, fee, ZERO, ZERO, Decimal(1))


def _discounts(record: Json, currency: str) -> Decimal:
    return sum((shop_money(each, "amount", currency) for each in record.get("discount_allocations") or []), ZERO)


def _item_back(back: Json, price: Price) -> Sold:
    item = back["line_item"]
    paid, tax = (shop_money(back, name, price.currency) for name in ("subtotal", "total_tax"))
    rate = tax_of(item, ZERO, price.currency)[1] if tax else ZERO
    return price.sold(item, LineKind.ITEM, paid, tax, rate, number(back["quantity"]))


def _shipping_back(refund: Json, order: Json, price: Price) -> Iterator[Sold]:
    """Newer refunds have lines of shipping; older ones an adjustment, without its tax."""
    shipped = {str(line["id"]): line for line in order.get("shipping_lines") or []}
    for back in refund.get("refund_shipping_lines") or []:
        line = back.get("shipping_line") or shipped.get(str(back.get("shipping_line_id"))) or {}
        paid, tax = shop_money(back, "subtotal_amount", price.currency), shop_money(back, "tax_amount", price.currency)
        yield price.sold(line, LineKind.SHIPPING, paid, tax, _rate_of(line, tax, price), Decimal(1))
    if refund.get("refund_shipping_lines"):
        return
    for adjustment in adjustments(refund, is_shipping=True):
        line = next(iter(shipped.values()), {})
        net, tax = (-shop_money(adjustment, name, price.currency) for name in ("amount", "tax_amount"))
        paid = net + tax if price.is_gross else net
        yield price.sold(line, LineKind.SHIPPING, paid, tax, _rate_of(line, tax, price), Decimal(1))


def _duties_back(refund: Json, price: Price) -> Iterator[Sold]:
    for name, title in (("total_duties", "Duty"), ("total_additional_fees", "Additional fees")):
        if paid := shop_money(refund, name, price.currency):
            yield price.sold({"title": title}, LineKind.FEE, paid, ZERO, ZERO, Decimal(1))


def adjustments(refund: Json, *, is_shipping: bool) -> list[Json]:
    """The adjustments of a refund: those of shipping, or all others."""
    found = refund.get("order_adjustments") or []
    return [each for each in found if (each.get("kind") == "shipping_refund") == is_shipping]


def _rate_of(line: Json, tax: Decimal, price: Price) -> Decimal:
    return tax_of(line, ZERO, price.currency)[1] if tax else ZERO

"""The invoice that an order leads to, with the VAT as the shop has it, and why there is none. Arithmetic only."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from decimal import Decimal

from invoices.documents.amounts import GroupKey, amounts_of, calculated_vat, is_within_bound, roundings_of
from invoices.documents.gross import priced
from invoices.documents.types import (
    ZERO,
    Accept,
    Category,
    Delivery,
    Document,
    GivenVat,
    Line,
    Party,
    VatGroup,
    short_category,
)
from invoices.validation.amounts import group_name
from orders.categories import EXEMPT_REASON, category_of, is_rate_unknown
from orders.snapshot import LineKind, OrderLine, OrderSnapshot, Problem, Rule
from orders.types import Terms
from runtime.currencies import unit_of

# Numbers show the order of issue, dates the day of payment: an order may arrive late.
ACCEPTED = (Accept.FUTURE_DATE, Accept.BEFORE_NEWEST)
MOST_REFERENCE = 200


@dataclass(frozen=True, kw_only=True, slots=True)
class Sale:
    """The goods of an order: lines and VAT of its invoice, and what they come to.

    `rounding` is what the buyer paid above the total of the invoice, below zero where it was less.
    """

    lines: tuple[Line, ...]
    vat: tuple[GivenVat, ...]
    groups: tuple[VatGroup, ...]
    rounding: Decimal

    @property
    def total(self) -> Decimal:
        return sum((group.net + group.vat for group in self.groups), ZERO)


def sale_of(order: OrderSnapshot, seller: Party) -> Sale:
    """The goods of `order`, whether or not they can be invoiced."""
    shown = [line for line in order.lines if _is_shown(line)]
    lines = tuple(document_line(line, category_of(line, order, seller)) for line in shown)
    rates = {line.vat_rate for line in lines}
    given = tuple(each for each in order.vat if each.rate in rates)
    unit = unit_of(order.currency)
    groups = amounts_of(_draft(order, seller, lines, given)).groups
    roundings = _roundings(shown, lines)
    settled = tuple(_without_excess(group, unit, roundings[group.rate, group.category]) for group in groups)
    vat = tuple(GivenVat(rate=group.rate, amount=group.vat, vat_category=group.category) for group in settled)
    excess = sum((group.vat for group in groups), ZERO) - sum((group.vat for group in settled), ZERO)
    total = sum((group.net + group.vat for group in settled), ZERO)
    is_rounded = bool(order.rounding) and goods_of(order) == total + excess + order.rounding
    return Sale(lines=lines, vat=vat, groups=settled, rounding=excess + (order.rounding if is_rounded else ZERO))


def goods_of(order: OrderSnapshot) -> Decimal:
    """What the buyer gave for goods, with the rounding of cash."""
    return order.total + order.redeemed - order.vouchers - order.tips


def find_problems(order: OrderSnapshot, sale: Sale, seller: Party) -> Iterator[Problem]:
    """Why `sale` cannot be invoiced as it is."""
    if order.problem is not None:
        yield order.problem
    parts = sale.total + sale.rounding + order.vouchers + order.tips
    if parts != order.total + order.redeemed:
        message = f"Lines, VAT, gift cards sold and tips come to {parts}; the total is {order.total + order.redeemed}."
        yield Problem(rule=Rule.SUMS_DIFFER, message=message)
    unit = unit_of(order.currency)
    if any(amount % unit for group in sale.groups for amount in (group.net, group.vat)):
        yield Problem(rule=Rule.CURRENCY, message=f"{order.currency} has no decimals, and an amount has some.")
    for group in sale.groups:
        if not is_within_bound(group, unit):
            vat = calculated_vat(group.net, group.rate, unit)
            message = f"{group.vat} is the VAT of {group_name(group)} on {group.net}; it is calculated as {vat}."
            yield Problem(rule=Rule.VAT_DIFFERS, message=message)
    for line in order.lines:
        if is_rate_unknown(line, order, seller):
            message = f"{line.description[:60]!r} has no VAT and no reason for that, within {seller.country}."
            yield Problem(rule=Rule.UNKNOWN_RATE, message=message)


def document_line(line: OrderLine, category: str) -> Line:
    """`line` as a document has it, with a unit price before VAT. What is taken off has a quantity below zero."""
    is_reversed = line.net * line.quantity < 0
    made = Line(
        description=line.description,
        quantity=-line.quantity if is_reversed else line.quantity,
        unit_price=ZERO,
        vat_rate=line.vat_rate,
        product_code=line.product_code,
        vat_category=short_category(line.vat_rate, category),
        exemption_reason=EXEMPT_REASON if category == Category.EXEMPT else "",
    )
    return priced(made, line.net)


def delivery_of(order: OrderSnapshot, lines: tuple[Line, ...], terms: Terms) -> Delivery | None:
    """Where the goods go; with the day, which an intra-community supply needs."""
    moment = order.fulfilled_at or order.paid_at
    if moment is None or not any(line.category == Category.INTRA_COMMUNITY for line in lines):
        return order.delivery
    address = order.delivery or Delivery(country=order.buyer.country)
    return Delivery(
        date=moment.astimezone(terms.zone).date(), name=address.name, street=address.street, street2=address.street2,
        postcode=address.postcode, city=address.city, region=address.region,
        country=address.country or order.buyer.country,
    )  # fmt: skip


def _is_shown(line: OrderLine) -> bool:
    return bool(line.net) or line.kind == LineKind.ITEM


def _draft(order: OrderSnapshot, seller: Party, lines: tuple[Line, ...], vat: tuple[GivenVat, ...]) -> Document:
    return Document(
        issued_at=order.placed_at, seller=seller, buyer=order.buyer, currency=order.currency, lines=lines, vat=vat
    )


def _roundings(sold: Iterable[OrderLine], lines: Iterable[Line]) -> Counter[GroupKey]:
    """How often the shop may have rounded the VAT of each group: each tax of each piece for itself."""
    found: Counter[GroupKey] = Counter()
    for one, line in zip(sold, lines, strict=True):
        found[line.vat_rate, line.category] += roundings_of(line) * one.tax_count
    return found


def _without_excess(group: VatGroup, unit: Decimal, roundings: int) -> VatGroup:
    """`group` with calculated VAT where the shop has rounded so often that its VAT is beyond the bound of documents:
    for hundreds of pieces, or for several taxes on each line.
    """
    if is_within_bound(group, unit) or not group.rate:
        return group
    calculated, half = calculated_vat(group.net, group.rate, unit), unit / 2
    if abs(group.vat - calculated) > roundings * half * (1 + group.rate) + half:
        return group
    return replace(group, vat=calculated)

"""Orders and refunds of a fake shop: what was bought, paid and given back, and what each of it comes to."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal

from integrations.shopify.fake.goods import Article
from integrations.shopify.fake.market import STANDARD, Market, Tax, cents
from integrations.shopify.fake.people import ERIKA, Buyer

ZERO = Decimal(0)
Taxes = list[tuple[Tax, Decimal]]


def total_of(taxes: Iterable[tuple[Tax, Decimal]]) -> Decimal:
    return sum((amount for _, amount in taxes), ZERO)


@dataclass(kw_only=True)
class FakeLine:
    """`removed_count` pieces were refunded or taken out by an edit; `quantity` keeps them."""

    id: int
    article: Article
    quantity: int
    discount: Decimal
    market: Market
    removed_count: int = 0

    @property
    def full(self) -> Decimal:
        return self.article.price * self.quantity

    @property
    def paid(self) -> Decimal:
        return self.full - self.discount

    @property
    def taxes(self) -> Taxes:
        return self.market.taxes_of(self.paid, self.article.tax_class)

    def share(self, count: int) -> tuple[Decimal, Decimal]:
        """What `count` more pieces that go back come to, and their tax. The last ones leave no cent."""
        before, after = self.removed_count, self.removed_count + count
        whole = (self.paid, total_of(self.taxes))
        paid, tax = (cents(each * after / self.quantity) - cents(each * before / self.quantity) for each in whole)
        return paid, tax


@dataclass(frozen=True, kw_only=True, slots=True)
class FakeShipping:
    id: int
    title: str
    price: Decimal
    market: Market

    @property
    def taxes(self) -> Taxes:
        return self.market.taxes_of(self.price, STANDARD)


@dataclass(frozen=True, kw_only=True, slots=True)
class RefundedLine:
    id: int
    line: FakeLine
    quantity: int
    subtotal: Decimal
    tax: Decimal


@dataclass(frozen=True, kw_only=True, slots=True)
class FakeRefund:
    """`paid` went back to the buyer; None where an edit removed items and no money moved. `discrepancy` is what was paid
    besides lines and shipping.
    """

    id: int
    created_at: datetime
    lines: tuple[RefundedLine, ...] = ()
    shipping: FakeShipping | None = None
    discrepancy: Decimal = ZERO
    paid: Decimal | None = ZERO
    restock_type: str = "return"
    note: str | None = None


@dataclass(kw_only=True)
class FakeOrder:
    """`status` is that of the payment before refunds: pending, authorized, paid or voided."""

    id: int
    number: int
    market: Market
    lines: list[FakeLine]
    created_at: datetime
    changed_at: datetime
    buyer: Buyer | None = ERIKA
    shipping: FakeShipping | None = None
    tip: Decimal = ZERO
    discount_code: str = ""
    status: str = "pending"
    is_test: bool = False
    gateways: tuple[str, ...] = ("bogus",)
    cancelled_at: datetime | None = None
    fulfilled_at: datetime | None = None
    edited_at: datetime | None = None
    edit_count: int = 0
    refunds: list[FakeRefund] = field(default_factory=list)

    @property
    def taxes(self) -> Taxes:
        """The taxes of all lines, one amount for each tax."""
        found: dict[Tax, Decimal] = {}
        for tax, amount in [each for line in self.lines for each in line.taxes] + self.shipping_taxes:
            found[tax] = found.get(tax, ZERO) + amount
        return list(found.items())

    @property
    def shipping_taxes(self) -> Taxes:
        return self.shipping.taxes if self.shipping else []

    @property
    def shipping_price(self) -> Decimal:
        return self.shipping.price if self.shipping else ZERO

    @property
    def subtotal(self) -> Decimal:
        return sum((line.paid for line in self.lines), ZERO)

    @property
    def total(self) -> Decimal:
        added = ZERO if self.market.includes_taxes else total_of(self.taxes)
        return self.subtotal + self.shipping_price + added + self.tip

    @property
    def current_subtotal(self) -> Decimal:
        return self.subtotal - sum((each.subtotal for refund in self.refunds for each in refund.lines), ZERO)

    @property
    def current_tax(self) -> Decimal:
        return total_of(self.taxes) - sum((each.tax for refund in self.refunds for each in refund.lines), ZERO)

    @property
    def refunded(self) -> Decimal:
        return sum((refund.paid or ZERO for refund in self.refunds), ZERO)

    @property
    def given_back(self) -> Decimal:
        """What refunds and edits took off the order, with its taxes."""
        return sum((self.worth_of(refund) for refund in self.refunds), ZERO)

    @property
    def left(self) -> Decimal:
        return self.total - self.given_back

    @property
    def remaining_parts(self) -> tuple[tuple[FakeLine, int], ...]:
        """The pieces of each line that no edit and no refund has taken."""
        return tuple((line, left) for line in self.lines if (left := line.quantity - line.removed_count))

    @property
    def is_alive(self) -> bool:
        """Whether something can still happen to the order."""
        return self.status != "voided" and self.cancelled_at is None and bool(self.remaining_parts) and self.left > 0

    @property
    def has_only_goods(self) -> bool:
        return not self.tip and not any(line.article.is_gift_card for line in self.lines)

    @property
    def has_shipping_left(self) -> bool:
        return self.shipping is not None and not any(each.shipping for each in self.refunds)

    @property
    def financial_status(self) -> str:
        if self.status != "paid" or not self.refunded:
            return self.status
        return "refunded" if self.refunded >= self.total else "partially_refunded"

    def worth_of(self, refund: FakeRefund) -> Decimal:
        """What a refund comes to by its lines, its shipping and what was paid besides."""
        paid = sum((each.subtotal for each in refund.lines), refund.discrepancy)
        taxes = sum((each.tax for each in refund.lines), ZERO)
        if refund.shipping:
            paid, taxes = paid + refund.shipping.price, taxes + total_of(refund.shipping.taxes)
        return paid if self.market.includes_taxes else paid + taxes

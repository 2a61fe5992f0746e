"""An order as a shop reports it at one moment: data only, in the money of the shop, without the format of any source.

Amounts are Decimal in the currency of the shop. Amounts of refunds are positive.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from enum import StrEnum

from invoices.documents.types import ZERO, Delivery, GivenVat, Party


class OrderState(StrEnum):
    """Where an order is in the shop."""

    PLACED = "placed"
    OPEN = "open"
    COMPLETED = "completed"
    CANCELLED = "cancelled"
    REJECTED = "rejected"

    @property
    def has_ended_unpaid(self) -> bool:
        """Whether an order without a payment stays without one."""
        return self in (OrderState.CANCELLED, OrderState.REJECTED)


class LineKind(StrEnum):
    """What a line is for. An item that is given away stays on the invoice; free shipping and free fees do not."""

    ITEM = "item"
    SHIPPING = "shipping"
    FEE = "fee"


class Rule(StrEnum):
    """Why an order has no invoice, or not all of its documents. The first five are final, the others need a person."""

    TEST_ORDER = "test-order"
    NOTHING_CHARGED = "nothing-charged"
    VOUCHER_ONLY = "voucher-only"
    TRASHED = "trashed"
    NOT_PAID = "not-paid"
    VAT_DIFFERS = "vat-differs"
    SUMS_DIFFER = "sums-differ"
    CURRENCY = "currency"
    UNKNOWN_RATE = "unknown-rate"
    REFUND_DIFFERS = "refund-differs"
    NO_ORDER = "no-order"
    REFUSED = "refused"


@dataclass(frozen=True, kw_only=True, slots=True)
class Problem:
    """What a mapping could not decide; the order is quarantined by `rule`."""

    rule: Rule
    message: str


@dataclass(frozen=True, kw_only=True, slots=True)
class OrderLine:
    """One line of an order or of a refund. `net` is the amount of the whole line without VAT, after discounts.

    `vat_category` is empty where the rate says enough: S above 0, and at 0 what buyer and seller lead to. `tax_count` is
    the number of taxes in `vat_rate`, each of which the shop has rounded.
    """

    description: str
    quantity: Decimal
    net: Decimal
    vat_rate: Decimal
    kind: LineKind = LineKind.ITEM
    product_code: str = ""
    vat_category: str = ""
    tax_count: int = 1


@dataclass(frozen=True, kw_only=True, slots=True)
class Refund:
    """Money that went back. Without lines, only the amount is known.

    `vouchers` and `tips` are the parts of `amount` that were no goods. `adjustment` is what `amount` is above its lines by
    a decision of the shop, below zero for a fee that it keeps.
    """

    external_id: str
    created_at: datetime
    amount: Decimal
    lines: tuple[OrderLine, ...] = ()
    vat: tuple[GivenVat, ...] = ()
    vouchers: Decimal = ZERO
    tips: Decimal = ZERO
    adjustment: Decimal = ZERO
    reason: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class Presentment:
    """What the buyer saw, in the buyer's currency. For display only."""

    currency: str
    total: Decimal


@dataclass(frozen=True, kw_only=True, slots=True)
class OrderSnapshot:
    """One order. `total` is the total of the shop as placed or last edited, before refunds.

    `vat` is the VAT per rate as the shop has it. `redeemed` is what the buyer paid with gift cards and vouchers, which
    the shop has taken off `total`; `vouchers` are gift cards sold, `rounding` is the rounding of cash. `refunds` are all
    refunds so far. `paid_at` is None while the order is not paid.
    """

    external_id: str
    number: str
    state: OrderState
    currency: str
    total: Decimal
    placed_at: datetime
    updated_at: datetime
    buyer: Party
    lines: tuple[OrderLine, ...]
    vat: tuple[GivenVat, ...] = ()
    refunds: tuple[Refund, ...] = ()
    paid_at: datetime | None = None
    fulfilled_at: datetime | None = None
    is_test: bool = False
    is_trashed: bool = False
    is_tax_exempt: bool = False
    redeemed: Decimal = ZERO
    vouchers: Decimal = ZERO
    tips: Decimal = ZERO
    rounding: Decimal = ZERO
    delivery: Delivery | None = None
    presentment: Presentment | None = None
    problem: Problem | None = None

    @property
    def refunded(self) -> Decimal:
        return sum((refund.amount for refund in self.refunds), ZERO)

    @property
    def worth(self) -> Decimal:
        """What the buyer gave and did not get back: the left side of the order account."""
        return self.total + self.redeemed - self.refunded

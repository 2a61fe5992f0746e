"""What is left of an order to be refunded, and how a refund is shared out. Arithmetic only.

Goods come from the invoice, by VAT group. Gift cards sold, tips and the rounding of cash are on no line of it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

from invoices import money
from invoices.documents.amounts import GroupKey
from invoices.documents.credits import Left
from invoices.documents.types import ZERO
from orders.snapshot import Refund


class RefundDiffers(ValueError):
    """The refund cannot be credited: its numbers do not fit each other, or the order."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Shares:
    """The parts of one refund."""

    goods: Decimal = ZERO
    vouchers: Decimal = ZERO
    tips: Decimal = ZERO
    rounding: Decimal = ZERO


@dataclass(frozen=True, kw_only=True, slots=True)
class Pools:
    """What is left."""

    groups: Mapping[GroupKey, Left]
    vouchers: Decimal
    tips: Decimal
    rounding: Decimal

    @property
    def goods(self) -> Decimal:
        return sum((gross_of(left) for left in self.groups.values()), ZERO)

    @property
    def rest(self) -> Decimal:
        return self.goods + self.vouchers + self.tips + self.rounding

    def share_out(self, refund: Refund) -> Shares:
        """The parts of `refund`: first goods, then what is on no invoice. The refund of all that is left takes it.

        Raises `RefundDiffers` where the refund is more than what is left.
        """
        if refund.amount == self.rest:
            return Shares(goods=self.goods, vouchers=self.vouchers, tips=self.tips, rounding=self.rounding)
        vouchers, tips = min(refund.vouchers, self.vouchers), min(refund.tips, self.tips)
        goods = min(refund.amount - vouchers - tips, self.goods)
        return self._beyond_goods(refund, goods, vouchers, tips)

    def less(self, shares: Shares, groups: Mapping[GroupKey, Left]) -> Pools:
        """What is left after `shares`, with `groups` left of the invoice."""
        return Pools(
            groups=groups, vouchers=self.vouchers - shares.vouchers, tips=self.tips - shares.tips,
            rounding=self.rounding - shares.rounding,
        )  # fmt: skip

    def _beyond_goods(self, refund: Refund, goods: Decimal, vouchers: Decimal, tips: Decimal) -> Shares:
        over = refund.amount - goods - vouchers - tips
        from_vouchers = min(over, self.vouchers - vouchers)
        from_tips = min(over - from_vouchers, self.tips - tips)
        rounding = over - from_vouchers - from_tips
        if rounding > max(self.rounding, ZERO):
            raise RefundDiffers(
                f"The refund of {refund.amount} is more than the {self.rest} that is left of the order."
            )
        return Shares(goods=goods, vouchers=vouchers + from_vouchers, tips=tips + from_tips, rounding=rounding)


def gross_of(left: Left) -> Decimal:
    return left.net + left.vat


def spread(
    goods: Decimal, wanted: Mapping[GroupKey, Decimal], groups: Mapping[GroupKey, Left], unit: Decimal
) -> dict[GroupKey, Decimal]:
    """`goods` by VAT group, gross: `wanted` as far as that much is left, the rest in proportion to what is left.

    Where `wanted` is more than `goods`, each group gets less in proportion. No group gets more than is left of it.
    """
    room = {key: gross_of(left) for key, left in groups.items() if gross_of(left) > 0}
    taken = {key: max(min(wanted.get(key, ZERO), amount), ZERO) for key, amount in room.items()}
    over = goods - sum(taken.values(), ZERO)
    if over < 0:
        return _split(goods, taken, unit)
    more = _split(over, {key: room[key] - taken[key] for key in room}, unit)
    return {key: taken[key] + more.get(key, ZERO) for key in room if taken[key] or key in more}


def _split(amount: Decimal, parts: Mapping[GroupKey, Decimal], unit: Decimal) -> dict[GroupKey, Decimal]:
    """`amount` in proportion to `parts`, by largest remainder; of equal remainders the largest part gets the cent."""
    keys = sorted(parts, key=lambda key: (-parts[key], key))
    total = sum(parts.values(), ZERO)
    if not amount or not total:
        return {}
    shares = money.split(amount, [amount * parts[key] / total for key in keys], unit)
    return {key: share for key, share in zip(keys, shares, strict=True) if share}

"""Makes refunds of a fake shop: of pieces of lines, of shipping, and of amounts without lines."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from decimal import Decimal

from integrations.shopify.fake.orders import FakeLine, FakeOrder, FakeRefund, RefundedLine


def make_refund(
    order: FakeOrder, parts: Sequence[tuple[FakeLine, int]], *, refund_id: int, at: datetime, with_shipping: bool,
    amount: Decimal | None, is_edit: bool,
) -> FakeRefund:  # fmt: skip
    """The refund, whose pieces are taken off the lines. `amount`: what is paid, if it is not what the lines come to.

    No more is paid than what is left of the order.
    """
    made = FakeRefund(
        id=refund_id, created_at=at, shipping=order.shipping if with_shipping else None,
        restock_type="cancel" if is_edit else "return", paid=None,
        lines=tuple(_take(line, count, refund_id * 100 + n) for n, (line, count) in enumerate(parts)),
    )  # fmt: skip
    if is_edit:
        return made
    worth = order.worth_of(made)
    paid = min(order.left, worth if amount is None else amount)
    return replace(made, paid=paid, discrepancy=paid - worth)


def _take(line: FakeLine, count: int, part_id: int) -> RefundedLine:
    subtotal, tax = line.share(count)
    line.removed_count += count
    return RefundedLine(id=part_id, line=line, quantity=count, subtotal=subtotal, tax=tax)

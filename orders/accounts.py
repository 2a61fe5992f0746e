"""The account of an order from its documents. Arithmetic only."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

from invoices.documents.types import ZERO
from orders.ledger import Ledger
from orders.pools import Pools
from orders.snapshot import OrderSnapshot, Rule
from orders.types import Account, InvoiceState

_BUCKETS = {
    InvoiceState.WAITING: "waiting",
    InvoiceState.SET_ASIDE: "set_aside",
    InvoiceState.QUARANTINED: "quarantined",
}


def account_of(order: OrderSnapshot, ledger: Ledger, pools: Pools, state: InvoiceState, rule: Rule | None) -> Account:
    """What is invoiced, credited, and on no invoice; the rest belongs to the state of the order.

    Gift cards and tips count as sold once the order has documents, or consists of nothing else.
    """
    is_sold = bool(ledger.documents) or rule == Rule.VOUCHER_ONLY
    account = Account(
        total=order.total, redeemed=order.redeemed, refunded=order.refunded, invoiced=ledger.invoiced,
        credited=ledger.credited, vouchers=pools.vouchers if is_sold else ZERO, tips=pools.tips if is_sold else ZERO,
        rounding=pools.rounding,
    )  # fmt: skip
    bucket = _BUCKETS.get(state)
    rest: Decimal = account.difference
    return replace(account, **{bucket: rest}) if bucket else account

"""Whether an order is to be invoiced now, and the reason where it is not. Arithmetic only."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from orders.sale import Sale, find_problems
from orders.snapshot import OrderSnapshot, Rule
from orders.types import InvoiceState, InvoiceWhen, Terms
from runtime.currencies import ISSUED_CURRENCIES

# Nothing more is issued for these; what was issued stays.
FINAL = (Rule.TEST_ORDER, Rule.TRASHED, Rule.NOT_PAID)


@dataclass(frozen=True, kw_only=True, slots=True)
class Verdict:
    """`invoiced` means: to be invoiced, as of `at`."""

    state: InvoiceState
    rule: Rule | None = None
    message: str = ""
    at: datetime | None = None

    @property
    def is_frozen(self) -> bool:
        """Whether no document is issued, neither an invoice nor a credit note."""
        return self.state in (InvoiceState.WAITING, InvoiceState.QUARANTINED) or self.rule in FINAL

    @property
    def has_goods(self) -> bool:
        return self.state == InvoiceState.INVOICED


def judge(order: OrderSnapshot, sale: Sale, terms: Terms, *, is_invoiced: bool) -> Verdict:
    """What is to become of `order`. An order that has an invoice is not asked again whether it is paid."""
    if order.is_test:
        return _set_aside(Rule.TEST_ORDER, "The shop marks it as a test.")
    if order.is_trashed:
        return _set_aside(Rule.TRASHED, "It is in the trash of the shop; documents that were issued stay.")
    if order.currency not in ISSUED_CURRENCIES:
        message = f"{order.currency} is not a currency with two or no decimals, in which documents are issued."
        return _quarantined(Rule.CURRENCY, message)
    if not is_invoiced and (waits := _waits(order, terms)) is not None:
        return waits
    return _judge_goods(order, sale, terms)


def _waits(order: OrderSnapshot, terms: Terms) -> Verdict | None:
    if order.paid_at is None:
        if order.state.has_ended_unpaid:
            return _set_aside(Rule.NOT_PAID, "It ended without a payment.")
        return Verdict(state=InvoiceState.WAITING, message="It is not paid yet.")
    if terms.invoice_when == InvoiceWhen.FULFILLED and order.fulfilled_at is None:
        return Verdict(state=InvoiceState.WAITING, message="It is paid and not delivered yet.")
    return None


def _judge_goods(order: OrderSnapshot, sale: Sale, terms: Terms) -> Verdict:
    if not order.total + order.redeemed and not sale.total:
        return _set_aside(Rule.NOTHING_CHARGED, "Nothing was charged for it.")
    if (problem := next(find_problems(order, sale, terms.seller), None)) is not None:
        return _quarantined(problem.rule, problem.message)
    if not sale.total:
        return _set_aside(Rule.VOUCHER_ONLY, "Only gift cards or tips were sold, which are on no invoice.")
    is_late = terms.invoice_when == InvoiceWhen.FULFILLED and order.fulfilled_at is not None
    return Verdict(state=InvoiceState.INVOICED, at=order.fulfilled_at if is_late else order.paid_at)


def _set_aside(rule: Rule, message: str) -> Verdict:
    return Verdict(state=InvoiceState.SET_ASIDE, rule=rule, message=message)


def _quarantined(rule: Rule, message: str) -> Verdict:
    return Verdict(state=InvoiceState.QUARANTINED, rule=rule, message=message)

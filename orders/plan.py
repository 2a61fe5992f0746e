"""From an order and the documents that it has to the documents that it should have: one pure function.

Applied to its own outcome it plans nothing. So late, doubled and reordered reports of an order need no code of their own.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from invoices.documents.types import ZERO
from orders.accounts import account_of
from orders.invoicing import CannotInvoice, cancel, invoice_for, must_replace
from orders.judge import Verdict, judge
from orders.ledger import Ledger
from orders.pools import Pools, RefundDiffers, Shares
from orders.refunds import check_sums, credit_refund, less
from orders.sale import Sale, sale_of
from orders.snapshot import OrderSnapshot, Problem, Refund, Rule
from orders.types import InvoiceState, Issued, Plan, Planned, Terms


@dataclass(slots=True)
class _Work:
    """The documents that are planned so far, and all documents of the order with them."""

    order: OrderSnapshot
    terms: Terms
    ledger: Ledger
    planned: list[Planned] = field(default_factory=list)

    def add(self, document: Planned) -> None:
        self.planned.append(document)
        self.ledger = self.ledger.with_document(document.as_issued())


def plan(order: OrderSnapshot, issued: Sequence[Issued], terms: Terms) -> Plan:
    """What is to be issued for `order`, which has the documents `issued`, in the order of their issue."""
    work = _Work(order, terms, Ledger(tuple(issued)))
    try:
        made = _plan(work)
    except CannotInvoice as error:
        return plan_nothing(order, issued, terms, error.problem)
    if made.account.difference:
        message = (
            f"The documents and the order are {made.account.difference} apart; the shop changed a refund or a total."
        )
        return plan_nothing(order, issued, terms, Problem(rule=Rule.REFUND_DIFFERS, message=message))
    return made


def plan_nothing(order: OrderSnapshot, issued: Sequence[Issued], terms: Terms, problem: Problem) -> Plan:
    """Quarantine `order` for `problem`, with what its documents do not explain."""
    verdict = Verdict(state=InvoiceState.QUARANTINED, rule=problem.rule, message=problem.message)
    work = _Work(order, terms, Ledger(tuple(issued)))
    return _result(work, verdict, _pools(work))


def _plan(work: _Work) -> Plan:
    order, invoice = work.order, work.ledger.invoice
    if invoice is not None and invoice.currency != order.currency:
        message = f"The order was invoiced in {invoice.currency} and is in {order.currency} now."
        raise CannotInvoice(Problem(rule=Rule.CURRENCY, message=message))
    sale = sale_of(order, work.terms.seller)
    verdict = judge(order, sale, work.terms, is_invoiced=invoice is not None)
    if verdict.is_frozen:
        return _result(work, verdict, _pools(work))
    _invoice(work, sale, verdict)
    pools, problem = _credit_refunds(work, _pools(work))
    if problem is not None:
        verdict = Verdict(state=InvoiceState.QUARANTINED, rule=problem.rule, message=problem.message)
    return _result(work, verdict, pools)


def _invoice(work: _Work, sale: Sale, verdict: Verdict) -> None:
    """Plan the first invoice, or replace the newest one where it is not what the order is now."""
    order, invoice, at = work.order, work.ledger.invoice, verdict.at
    if invoice is not None:
        if not must_replace(order, work.ledger, invoice):
            return
        at = order.updated_at
        if (correction := cancel(order, work.ledger, invoice, work.terms)) is not None:
            work.add(correction)
    if verdict.has_goods and at is not None:
        document = invoice_for(order, sale, work.ledger, work.terms, at)
        if document is not None:
            work.add(document)


def _pools(work: _Work) -> Pools:
    """What is left of the order after the refunds that are credited."""
    order, ledger = work.order, work.ledger
    pools = Pools(groups=ledger.left(), vouchers=order.vouchers, tips=order.tips, rounding=ledger.left_rounding())
    credited = ledger.refunds()
    for refund in _in_order(order):
        if (credit := credited.get(refund.external_id)) is not None:
            rest = max(refund.amount - credit.total - credit.rounding, ZERO)
            vouchers = min(rest, pools.vouchers)
            shares = Shares(vouchers=vouchers, tips=min(rest - vouchers, pools.tips))
            pools = pools.less(shares, pools.groups)
    return pools


def _credit_refunds(work: _Work, pools: Pools) -> tuple[Pools, Problem | None]:
    """Plan a credit note for each refund that has none; the first problem is returned, the other refunds go on."""
    problem, credited = None, work.ledger.refunds()
    for refund in _in_order(work.order):
        if refund.amount and refund.external_id not in credited:
            try:
                pools = _credit(work, refund, pools)
            except RefundDiffers as error:
                message = f"Refund {refund.external_id}: {error}"
                problem = problem or Problem(rule=Rule.REFUND_DIFFERS, message=message)
    return pools, problem


def _credit(work: _Work, refund: Refund, pools: Pools) -> Pools:
    if refund.amount != pools.rest:
        check_sums(refund)
    shares, invoice = pools.share_out(refund), work.ledger.invoice
    if not shares.goods or invoice is None:
        return pools.less(shares, pools.groups)
    document = credit_refund(refund, shares, pools, invoice, work.terms)
    work.add(document)
    return pools.less(shares, less(pools.groups, document.document))


def _in_order(order: OrderSnapshot) -> list[Refund]:
    """The refunds in the order in which they were made, whatever the order of the report."""
    return sorted(order.refunds, key=lambda one: (one.created_at, len(one.external_id), one.external_id))


def _result(work: _Work, verdict: Verdict, pools: Pools) -> Plan:
    order, state = work.order, verdict.state
    if state == InvoiceState.INVOICED and (len(work.ledger.invoices) > 1 or work.ledger.is_cancelled):
        state = InvoiceState.RESTATED
    account = account_of(order, work.ledger, pools, state, verdict.rule)
    return Plan(state=state, rule=verdict.rule, message=verdict.message, documents=tuple(work.planned), account=account)

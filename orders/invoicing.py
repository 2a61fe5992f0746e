"""The invoice of an order, and its replacement after an edit. Arithmetic only."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from decimal import Decimal

from invoices.documents.amounts import GroupKey, amounts_of, is_within_bound, vat_of_gross
from invoices.documents.types import ZERO, Allowance, Document, VatGroup, short_category
from invoices.validation.amounts import WITHIN_BOUND, lint_amounts
from orders.content import digest_of
from orders.corrections import draft_rest, finish, given_vat
from orders.ledger import EDIT, ORDER, REFUND, Ledger
from orders.sale import ACCEPTED, MOST_REFERENCE, Sale, delivery_of
from orders.snapshot import OrderSnapshot, Problem, Rule
from orders.types import Issued, Planned, Terms
from runtime.currencies import unit_of

EDITED = "Order edited"


class CannotInvoice(ValueError):
    """The goods that are left after refunds cannot be invoiced."""

    def __init__(self, problem: Problem) -> None:
        super().__init__(problem.message)
        self.problem = problem


def must_replace(order: OrderSnapshot, ledger: Ledger, invoice: Issued) -> bool:
    """Whether `invoice` is not what the order is now: it was edited, or a credited refund is withdrawn."""
    ids = {refund.external_id for refund in order.refunds}
    credited = [one.external_id.removeprefix(REFUND) for one in ledger.credits if one.external_id.startswith(REFUND)]
    deducted = [name for name, one in ledger.refunds().items() if one.corrects != invoice.external_id and name in ids]
    is_edited = invoice.digest != digest_of(order, deducted)
    return is_edited or ledger.is_cancelled or any(name not in ids for name in credited)


def cancel(order: OrderSnapshot, ledger: Ledger, invoice: Issued, terms: Terms) -> Planned | None:
    """The credit note of what is left of `invoice`; None where nothing is."""
    left = ledger.left()
    if not left:
        return None
    document = replace(draft_rest(invoice, left, EDITED), rounding_amount=ledger.left_rounding())
    name = _numbered(EDIT, order, len(ledger.invoices))
    return finish(document, invoice, terms, order.updated_at, external_id=name, reason=EDITED)


def invoice_for(order: OrderSnapshot, sale: Sale, ledger: Ledger, terms: Terms, at: datetime) -> Planned | None:
    """The next invoice of the order: its goods less what was refunded before; None where nothing is left of them.

    Raises `CannotInvoice`.
    """
    ids = {refund.external_id for refund in order.refunds}
    deducted = {name: one for name, one in ledger.refunds().items() if name in ids}
    document = _less_refunds(_document(order, sale, terms, at), sale, list(deducted.values()))
    amounts = amounts_of(document)
    if not amounts.total_amount and not amounts.subtotal:
        return None
    payable = amounts.total_amount + document.rounding_amount
    document = replace(
        document,
        external_id=_numbered(ORDER, order, len(ledger.invoices) + 1),
        prepaid_amount=max(min(order.redeemed, payable), ZERO),
    )
    if findings := lint_amounts(document, amounts):
        rule = Rule.VAT_DIFFERS if findings[0].rule == WITHIN_BOUND else Rule.SUMS_DIFFER
        raise CannotInvoice(Problem(rule=rule, message=f"{findings[0].field}: {findings[0].message}"))
    return Planned(document=document, digest=digest_of(order, list(deducted)))


def _document(order: OrderSnapshot, sale: Sale, terms: Terms, at: datetime) -> Document:
    return Document(
        issued_at=at.astimezone(terms.zone), seller=terms.seller, buyer=order.buyer, currency=order.currency,
        lines=sale.lines, vat=sale.vat, rounding_amount=sale.rounding, source=terms.source,
        order_reference=order.number[:MOST_REFERENCE], delivery=delivery_of(order, sale.lines, terms), accepted=ACCEPTED,
    )  # fmt: skip


def _less_refunds(document: Document, sale: Sale, refunds: Sequence[Issued]) -> Document:
    """The same without the goods of earlier `refunds`, as an allowance for each VAT group."""
    if not refunds:
        return document
    back: dict[GroupKey, VatGroup] = {}
    for group in (group for refund in refunds for group in refund.groups):
        back[group.rate, group.category] = _sum(back.get((group.rate, group.category)), group)
    sold = {(group.rate, group.category): group for group in sale.groups}
    rest = {key: _rest(sold.get(key), group, unit_of(document.currency)) for key, group in back.items()}
    taken = {key: (sold[key].net if key in sold else ZERO) - group.net for key, group in rest.items()}
    return replace(
        document,
        vat=tuple(given_vat(key, group.vat) for key, group in sorted((sold | rest).items())),
        allowances=tuple(_allowance(key, net) for key, net in sorted(taken.items()) if net > 0),
        charges=tuple(_allowance(key, -net) for key, net in sorted(taken.items()) if net < 0),
        rounding_amount=document.rounding_amount - sum((refund.rounding for refund in refunds), ZERO),
    )


def _sum(one: VatGroup | None, other: VatGroup) -> VatGroup:
    return other if one is None else replace(one, net=one.net + other.net, vat=one.vat + other.vat)


def _rest(sold: VatGroup | None, back: VatGroup, unit: Decimal) -> VatGroup:
    """What is left of a group of the sale. Its gross amount is exact; net and VAT are the difference within the bound."""
    start = sold or replace(back, net=ZERO, vat=ZERO, roundings=0)
    rest = replace(start, net=start.net - back.net, vat=start.vat - back.vat, roundings=start.roundings + 1)
    if is_within_bound(rest, unit):
        return rest
    gross = rest.net + rest.vat
    vat = vat_of_gross(gross, rest.rate, unit)
    return replace(rest, net=gross - vat, vat=vat)


def _allowance(key: GroupKey, amount: Decimal) -> Allowance:
    rate, category = key
    return Allowance(
        amount=amount, vat_rate=rate, vat_category=short_category(rate, category), reason="Refunded before"
    )


def _numbered(prefix: str, order: OrderSnapshot, count: int) -> str:
    """`order:18` for the first, `order:18:2` for the second."""
    return f"{prefix}{order.external_id}" + (f":{count}" if count > 1 else "")

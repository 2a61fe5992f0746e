"""A WooCommerce order (REST API v3, also the body of its webhooks) and its refunds as one snapshot."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from decimal import Decimal

from integrations.woocommerce.lines import Lines, read_lines
from integrations.woocommerce.parties import buyer_of, delivery_of, is_tax_exempt
from integrations.woocommerce.taxes import TaxRate, read_rates
from integrations.woocommerce.values import Json, moment, text
from invoices.documents.types import ZERO
from orders.reading import NotAnOrder, amount
from orders.snapshot import OrderSnapshot, OrderState, Problem, Refund, Rule

TRASH = "trash"
# `date_paid` is set for some of these as well. Cash on delivery in `processing` has no date: it is not paid yet.
UNPAID = ("pending", "failed", "cancelled", "checkout-draft", "auto-draft", TRASH)
_STATES = {
    "pending": OrderState.PLACED,
    "on-hold": OrderState.PLACED,
    "checkout-draft": OrderState.PLACED,
    "auto-draft": OrderState.PLACED,
    "completed": OrderState.COMPLETED,
    "refunded": OrderState.COMPLETED,
    "cancelled": OrderState.CANCELLED,
    TRASH: OrderState.CANCELLED,
    "failed": OrderState.REJECTED,
}


class RefundsMissing(LookupError):
    """The order names refunds whose lines are not given; `GET /orders/ID/refunds` has them."""


def snapshot_of(order: Json, refunds: Sequence[Json] = (), *, is_complete: bool = False) -> OrderSnapshot:
    """The snapshot of `order`. `refunds` are those of `GET /orders/ID/refunds`; others than the order names do not count.

    Raises `NotAnOrder`, and `RefundsMissing` where one that the order names is not given. `is_complete` says that the
    shop has no more than these: then only the amount of such a refund is known, which the order names too.
    """
    if not isinstance(order, Mapping) or "line_items" not in order or not order.get("id"):
        raise NotAnOrder(_why_not(order))
    try:
        return _snapshot(order, refunds, is_complete)
    except (KeyError, TypeError, AttributeError, ValueError, ArithmeticError) as error:
        raise error if isinstance(error, NotAnOrder) else NotAnOrder(f"The order cannot be read: {error!r}.") from error


def _snapshot(order: Json, refunds: Sequence[Json], is_complete: bool) -> OrderSnapshot:
    currency, status = str(order["currency"]), str(order["status"])
    named = _named(order, refunds, is_complete)
    rates = read_rates(*named, order)
    lines, total = read_lines(order, rates, currency), amount(order["total"], currency)
    redeemed = sum((amount(card["amount"], currency) for card in order.get("gift_cards") or []), ZERO)
    placed_at, paid_at = _placed(order), moment(order.get("date_paid_gmt"))
    return OrderSnapshot(
        external_id=str(order["id"]),
        number=text(order.get("number") or order["id"], 100),
        state=_STATES.get(status, OrderState.OPEN),
        currency=currency,
        total=total,
        placed_at=placed_at,
        updated_at=moment(order.get("date_modified_gmt")) or placed_at,
        paid_at=None if status in UNPAID else paid_at,
        fulfilled_at=moment(order.get("date_completed_gmt")),
        is_trashed=status == TRASH,
        is_tax_exempt=is_tax_exempt(order),
        buyer=buyer_of(order),
        delivery=delivery_of(order),
        lines=lines.lines,
        vat=lines.vat,
        redeemed=redeemed,
        vouchers=lines.vouchers,
        refunds=tuple(_refund(refund, rates, currency) for refund in named),
        problem=_problem(lines, total + redeemed),
    )


def _named(order: Json, refunds: Sequence[Json], is_complete: bool) -> list[Json]:
    """The refunds that the order names, as they are given."""
    given = {int(refund["id"]): refund for refund in refunds}
    found = []
    for each in order.get("refunds") or []:
        if int(each["id"]) not in given and not is_complete:
            raise RefundsMissing(f"The lines of refund {each['id']} of order {order['id']} are not given.")
        found.append(given.get(int(each["id"])) or _without_lines(order, each))
    return found


def _without_lines(order: Json, named: Json) -> Json:
    """A refund of which only the order speaks; its date is the newest that it can have."""
    changed_at = order.get("date_modified_gmt") or order["date_created_gmt"]
    return {**named, "amount": str(named["total"]).lstrip("-"), "date_created_gmt": changed_at}


def _refund(refund: Json, rates: Mapping[int, TaxRate], currency: str) -> Refund:
    lines = read_lines(refund, rates, currency, sign=-1)
    created_at = moment(refund["date_created_gmt"])
    if created_at is None:
        raise NotAnOrder(f"Refund {refund['id']} has no date.")
    return Refund(
        external_id=str(refund["id"]),
        created_at=created_at,
        amount=abs(amount(refund["amount"], currency)),
        lines=tuple(line for line in lines.lines if line.net),
        vat=lines.vat,
        vouchers=lines.vouchers,
        reason=text(refund.get("reason"), 1000),
    )


def _placed(order: Json) -> datetime:
    created_at = moment(order.get("date_created_gmt"))
    if created_at is None:
        raise NotAnOrder(f"Order {order['id']} has no date.")
    return created_at


def _problem(lines: Lines, total: Decimal) -> Problem | None:
    """A tax whose rate the shop does not name. Where the sums differ as well, that is the first thing to look at."""
    if not lines.unknown_taxes or lines.net_and_vat + lines.vouchers != total:
        return None
    message = f"The shop does not name the rate of its tax {lines.unknown_taxes[0]}."
    return Problem(rule=Rule.UNKNOWN_RATE, message=message)


def _why_not(body: object) -> str:
    code = body.get("code") if isinstance(body, Mapping) else None
    return f"The shop sent an error instead of an order: {code}." if code else "The body is not an order."

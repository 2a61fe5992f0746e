"""A Shopify order, as its webhooks and its REST API have it, with its refunds, as one snapshot."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal

from integrations.shopify.lines import (
    Price,
    adjustments,
    goods_of,
    read_order,
    read_refund,
    vat_of,
    vouchers_of,
)
from integrations.shopify.parties import buyer_of, delivery_of, is_tax_exempt, without_names
from integrations.shopify.values import Json, moment, shop_money
from invoices.documents.types import ZERO
from orders.reading import NotAnOrder, amount, clean
from orders.snapshot import OrderSnapshot, OrderState, Presentment, Refund

PAID = ("paid", "partially_refunded", "refunded")


def snapshot_of(order: Json, *, with_customer: bool = True) -> OrderSnapshot:
    """The snapshot of `order`, whose refunds are part of it; raises `NotAnOrder`.

    `with_customer=False` leaves out the names of the customer, which an app without the right to read customers sees in
    webhooks alone: the invoice of an order must not depend on how the order was reported.
    """
    if not isinstance(order, Mapping) or "line_items" not in order or not order.get("id"):
        raise NotAnOrder("The body is not an order.")
    try:
        return _snapshot(order if with_customer else without_names(order))
    except (KeyError, TypeError, AttributeError, ValueError, ArithmeticError) as error:
        raise error if isinstance(error, NotAnOrder) else NotAnOrder(f"The order cannot be read: {error!r}.") from error


def _snapshot(order: Json) -> OrderSnapshot:
    currency = str(order["currency"])
    price = Price(currency, bool(order.get("taxes_included")))
    sold, placed_at = read_order(order, price), _moment(order, "created_at")
    return OrderSnapshot(
        external_id=str(order["id"]),
        number=clean(order.get("name") or order["id"], 100),
        state=state_of(order),
        currency=currency,
        total=shop_money(order, "total_price", currency),
        placed_at=placed_at,
        updated_at=_moment(order, "updated_at"),
        # The body has no time of the payment; an order is processed when it is placed.
        paid_at=(moment(order.get("processed_at")) or placed_at) if order.get("financial_status") in PAID else None,
        fulfilled_at=_fulfilled_at(order),
        is_test=bool(order.get("test")),
        is_tax_exempt=is_tax_exempt(order),
        buyer=buyer_of(order),
        delivery=delivery_of(order),
        lines=goods_of(sold),
        vat=vat_of(sold),
        vouchers=vouchers_of(sold),
        tips=amount(order.get("total_tip_received"), currency),
        rounding=shop_money(order, "total_cash_rounding_payment_adjustment", currency),
        refunds=tuple(_refund(refund, order, price) for refund in order.get("refunds") or []),
        presentment=_presentment(order),
    )


def state_of(order: Json) -> OrderState:
    """The state by the cancellation, the payment and the fulfilment of the order."""
    if order.get("cancelled_at"):
        return OrderState.CANCELLED
    if order.get("financial_status") == "voided":
        return OrderState.REJECTED
    if order.get("financial_status") not in PAID:
        return OrderState.PLACED
    return OrderState.COMPLETED if order.get("fulfillment_status") == "fulfilled" else OrderState.OPEN


def _fulfilled_at(order: Json) -> datetime | None:
    """When the last parcel left, once all have."""
    if order.get("fulfillment_status") != "fulfilled":
        return None
    sent = [found for each in order.get("fulfillments") or [] if (found := moment(each.get("created_at")))]
    return max(sent, default=_moment(order, "updated_at"))


def _refund(refund: Json, order: Json, price: Price) -> Refund:
    sold = read_refund(refund, order, price)
    kept = sum((_adjustment(each, price.currency) for each in adjustments(refund, is_shipping=False)), ZERO)
    calculated = sum((each.gross for each in sold), ZERO) - kept
    return Refund(
        external_id=str(refund["id"]),
        created_at=moment(refund.get("processed_at")) or _moment(refund, "created_at"),
        amount=_paid_back(refund, price.currency, calculated),
        lines=tuple(line for line in goods_of(sold) if line.net),
        vat=vat_of(sold),
        vouchers=vouchers_of(sold),
        adjustment=-kept,
        reason=clean(refund.get("note"), 1000),
    )


def _adjustment(adjustment: Json, currency: str) -> Decimal:
    """Signed: what the shop keeps is above 0, what it pays besides the lines is below."""
    return shop_money(adjustment, "amount", currency) + shop_money(adjustment, "tax_amount", currency)


def _paid_back(refund: Json, currency: str, calculated: Decimal) -> Decimal:
    """What the payment provider paid back. An item that an edit removes has no transaction: its lines count.

    A transaction in the currency of the buyer says nothing in the money of the shop, so the lines count as well.
    """
    backs = [each for each in refund.get("transactions") or [] if each.get("kind") == "refund"]
    if not backs or any(each.get("currency", currency) != currency for each in backs):
        return max(calculated, ZERO)
    return sum((amount(each["amount"], currency) for each in backs if each.get("status") == "success"), ZERO)


def _presentment(order: Json) -> Presentment | None:
    currency = order.get("presentment_currency")
    if not currency or currency == order["currency"]:
        return None
    shown = (order.get("total_price_set") or {}).get("presentment_money") or {}
    return Presentment(currency=str(currency), total=amount(shown.get("amount"), str(currency)))


def _moment(record: Json, name: str) -> datetime:
    found = moment(record.get(name))
    if found is None:
        raise NotAnOrder(f"{name} of {record.get('id')} is missing.")
    return found

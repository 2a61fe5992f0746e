"""Record that a shop has deleted an order, of which it reports nothing more."""

from __future__ import annotations

from decimal import Decimal

from django.db import transaction

from orders import events, live, totals
from orders.models import Order, OrderDocument
from orders.snapshot import OrderState, Rule
from orders.types import InvoiceState
from runtime.clock import ClockTimestamp
from stores.queries import StoreFacts
from stores.rows import rows_of

MESSAGE = "The shop has deleted it; documents that were issued stay."
ZERO = Decimal(0)


@transaction.atomic
def record_deletion(store: StoreFacts, external_id: str) -> bool:
    """Set the order aside as trashed; false where the store has no such order. A newer report brings it back."""
    rows = rows_of(Order, store.id).select_for_update(no_key=True).filter(external_id=external_id)
    if (order := rows.first()) is None:
        return False
    before, is_moved = totals.parts_of([order]), order.state != OrderState.CANCELLED
    if not rows_of(OrderDocument, store.id).filter(order=order).exists():
        order.vouchers = order.tips = order.rounding = ZERO
    order.waiting = order.quarantined = ZERO
    settled = order.invoiced - order.credited + order.vouchers + order.tips + order.rounding
    order.set_aside = order.total + order.redeemed - order.refunded - settled
    order.state, order.invoice_state = OrderState.CANCELLED, InvoiceState.SET_ASIDE
    order.rule, order.message = Rule.TRASHED, MESSAGE
    order.content |= {"is_trashed": True}
    order.recorded_at = ClockTimestamp()
    order.save()
    totals.move(store.id, before, totals.parts_of([order]))
    if is_moved:
        events.append_states(store, [order])
    live.send_orders(store, [order])
    return True

"""Writes reports of orders into their rows, with the customers that they name and the sums of the store."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict

from commerce.customers import Buyer, record_customers
from orders import totals
from orders.models import AMOUNTS, Order
from orders.serialize import content
from orders.snapshot import OrderSnapshot
from orders.types import Plan
from runtime.clock import ClockTimestamp
from stores.queries import StoreFacts
from stores.rows import rows_of

_REPORTED = (
    "number", "customer", "state", "invoice_state", "rule", "message", "currency", *AMOUNTS, "placed_at", "paid_at",
    "updated_at", "recorded_at", "content",
)  # fmt: skip


def write_reports(
    store: StoreFacts, orders: Sequence[Order], reports: Mapping[int, OrderSnapshot], plans: Mapping[int, Plan]
) -> list[Order]:
    """Write the report and the plan of each order, whose row is locked; both are by its id.

    Returns the orders that are new or that changed their state.
    """
    buyers = {pk: _buyer_of(report) for pk, report in reports.items()}
    customers = record_customers(store.id, buyers.values())
    moved = [order for order in orders if not order.content or order.state != reports[order.pk].state]
    before = totals.parts_of(orders)
    for order in orders:
        _set_report(order, reports[order.pk], plans[order.pk], customers.get(buyers[order.pk].key))
    rows_of(Order, store.id).bulk_create(
        orders, update_conflicts=True, unique_fields=["store", "external_id"], update_fields=_REPORTED
    )
    totals.move(store.id, before, totals.parts_of(orders))
    return moved


def _buyer_of(snapshot: OrderSnapshot) -> Buyer:
    """The buyer as the order names them. Their data is as old as the report."""
    buyer = snapshot.buyer
    return Buyer(
        external_id=buyer.external_id, vat_id=buyer.vat_id, email=buyer.email, name=buyer.name, country=buyer.country,
        first_at=snapshot.placed_at, reported_at=snapshot.updated_at,
    )  # fmt: skip


def _set_report(order: Order, snapshot: OrderSnapshot, made: Plan, customer_id: int | None) -> None:
    """Set what is known of the order now."""
    values = {
        "customer_id": customer_id,
        "invoice_state": made.state, "rule": made.rule or "", "message": made.message, **asdict(made.account),
        "number": snapshot.number, "state": snapshot.state, "currency": snapshot.currency, "paid_at": snapshot.paid_at,
        "placed_at": snapshot.placed_at, "updated_at": snapshot.updated_at, "content": content(snapshot),
        "recorded_at": ClockTimestamp(),
    }  # fmt: skip
    for name, value in values.items():
        setattr(order, name, value)

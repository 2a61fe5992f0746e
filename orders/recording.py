"""Record what a shop reports of an order: the newest report wins, and its documents are brought up to date with it.

One transaction holds the order, its documents and its account. Recorded twice, late or in another order, the reports of
an order lead to the same documents.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from enum import StrEnum
from typing import Any

from django.db import transaction

from orders.documents import DocumentRefused, issue, read_issued
from orders.models import Order
from orders.plan import plan, plan_nothing
from orders.serialize import content
from orders.snapshot import OrderSnapshot, Problem, Rule
from orders.terms import terms_of
from orders.types import InvoiceState, Plan
from runtime.clock import ClockTimestamp
from stores.queries import StoreFacts


class Outcome(StrEnum):
    """What a report was. One of the same second with another content is not taken: ask the shop for the order."""

    NEW = "new"
    UPDATED = "updated"
    SAME = "same"
    STALE = "stale"
    AMBIGUOUS = "ambiguous"


@dataclass(frozen=True, kw_only=True)
class Recorded:
    """What became of a report: of the order, and the numbers of the documents that were issued for it."""

    order_id: int
    outcome: Outcome
    state: InvoiceState
    rule: str = ""
    message: str = ""
    numbers: tuple[str, ...] = ()


@transaction.atomic
def record(store: StoreFacts, snapshot: OrderSnapshot, *, is_current: bool = False, announce: bool = True) -> Recorded:
    """Record `snapshot`. `is_current`: it is the answer of the shop just now, so it wins over another of its second.

    `announce` shows new documents on the feed of the store. Raises `NoSeries`.
    """
    order, is_new = _lock(store, snapshot)
    outcome = Outcome.NEW if is_new else _compare(order, snapshot, is_current)
    if outcome in (Outcome.STALE, Outcome.AMBIGUOUS):
        return _recorded(order, outcome)
    made, numbers = _bring_up_to_date(order, snapshot, store, announce)
    _save(order, snapshot, made)
    return _recorded(order, outcome, numbers)


def preview(store: StoreFacts, snapshot: OrderSnapshot) -> Plan | None:
    """What recording `snapshot` would issue now; None where it would change nothing. Changes nothing itself."""
    order = Order.objects.filter(store_id=store.id, external_id=snapshot.external_id).first()
    if order is not None and _compare(order, snapshot, is_current=False) not in (Outcome.SAME, Outcome.UPDATED):
        return None
    made = plan(snapshot, [] if order is None else read_issued(order), terms_of(store))
    is_same = order is not None and order.content == content(snapshot) and not made.documents
    return None if is_same else made


def _lock(store: StoreFacts, snapshot: OrderSnapshot) -> tuple[Order, bool]:
    """The row of the order, made if it is not there, and whether it was made. Level 1 of docs/locks.md."""
    row = Order(
        store_id=store.id, external_id=snapshot.external_id, number=snapshot.number, state=snapshot.state,
        invoice_state=InvoiceState.WAITING, currency=snapshot.currency, placed_at=snapshot.placed_at,
        updated_at=snapshot.updated_at,
    )  # fmt: skip
    Order.objects.bulk_create([row], ignore_conflicts=True)
    rows = Order.objects.select_for_update(no_key=True).filter(store_id=store.id, external_id=snapshot.external_id)
    order = rows.get()
    return order, not order.content


def _compare(order: Order, snapshot: OrderSnapshot, is_current: bool) -> Outcome:
    if snapshot.updated_at < order.updated_at:
        return Outcome.STALE
    if content(snapshot) == order.content:
        return Outcome.SAME
    is_certain = is_current or snapshot.updated_at > order.updated_at
    return Outcome.UPDATED if is_certain else Outcome.AMBIGUOUS


def _bring_up_to_date(
    order: Order, snapshot: OrderSnapshot, store: StoreFacts, announce: bool
) -> tuple[Plan, list[str]]:
    """Issue what is missing; returns the plan that was carried out, and the numbers."""
    terms, issued = terms_of(store), read_issued(order)
    made = plan(snapshot, issued, terms)
    try:
        return made, issue(order, made.documents, issued, store, announce=announce)
    except DocumentRefused as error:
        return plan_nothing(snapshot, issued, terms, Problem(rule=Rule.REFUSED, message=str(error))), []


def _save(order: Order, snapshot: OrderSnapshot, made: Plan) -> None:
    values: dict[str, Any] = {
        "number": snapshot.number,
        "state": snapshot.state,
        "invoice_state": made.state,
        "rule": made.rule or "",
        "message": made.message,
        "currency": snapshot.currency,
        "placed_at": snapshot.placed_at,
        "paid_at": snapshot.paid_at,
        "updated_at": snapshot.updated_at,
        "content": content(snapshot),
        **asdict(made.account),
    }
    for name, value in values.items():
        setattr(order, name, value)
    Order.objects.filter(pk=order.pk).update(recorded_at=ClockTimestamp(), **values)


def _recorded(order: Order, outcome: Outcome, numbers: list[str] | None = None) -> Recorded:
    return Recorded(
        order_id=order.pk, outcome=outcome, state=InvoiceState(order.invoice_state), rule=order.rule,
        message=order.message, numbers=tuple(numbers or ()),
    )  # fmt: skip

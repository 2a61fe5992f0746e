"""Record what a shop reports of its orders: the newest report wins, and the documents are brought up to date with it.

One transaction holds the orders, their documents and accounts. Recorded twice, late or in another order, the reports of
an order lead to the same documents.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from enum import StrEnum

from django.db import transaction

from commerce.customers import Buyer, record_customers
from orders import events, live, totals
from orders.documents import DocumentsRefused, issue, read_issued
from orders.models import AMOUNTS, Order
from orders.plan import plan, plan_nothing
from orders.serialize import content
from orders.snapshot import OrderSnapshot, Problem, Rule
from orders.terms import terms_of
from orders.types import InvoiceState, Issued, Plan
from runtime.clock import ClockTimestamp
from stores.queries import StoreFacts
from stores.rows import rows_of

_REPORTED = (
    "number", "customer", "state", "invoice_state", "rule", "message", "currency", *AMOUNTS, "placed_at", "paid_at",
    "updated_at", "recorded_at", "content",
)  # fmt: skip


class Outcome(StrEnum):
    """What a report was. An ambiguous one is not taken, because it may be older than another one of its second: ask the
    shop for the order.
    """

    NEW = "new"
    UPDATED = "updated"
    SAME = "same"
    STALE = "stale"
    AMBIGUOUS = "ambiguous"

    @property
    def is_taken(self) -> bool:
        return self in (Outcome.NEW, Outcome.UPDATED, Outcome.SAME)


@dataclass(frozen=True, kw_only=True)
class Recorded:
    """What became of a report: of the order, and the numbers of the documents that were issued for it."""

    order_id: int
    outcome: Outcome
    state: InvoiceState
    rule: str = ""
    message: str = ""
    numbers: tuple[str, ...] = ()


def record(
    store: StoreFacts, snapshot: OrderSnapshot, *, asked_at: datetime | None = None, announce: bool = True
) -> Recorded:
    """Record `snapshot`. It is the answer of a shop that was asked at `asked_at`, or a webhook, which may be of any age.

    `announce` shows new documents on the feed of the store and appends its new state to the event log. Raises `NoSeries`.
    """
    [recorded] = record_all(store, [snapshot], asked_at=asked_at, announce=announce)
    return recorded


@transaction.atomic
def record_all(
    store: StoreFacts, snapshots: Sequence[OrderSnapshot], *, asked_at: datetime | None = None, announce: bool = True
) -> list[Recorded]:
    """Record many orders as `record` does one; of several reports of one order, only the newest. Returns each order."""
    reports = {one.external_id: one for one in sorted(snapshots, key=lambda one: one.updated_at)}
    rows = _lock(store, reports)
    outcomes = {order.pk: _compare(order, reports[order.external_id], asked_at) for order in rows}
    open_rows = [order for order in rows if not _is_settled(order, outcomes[order.pk])]
    taken = {order.pk: reports[order.external_id] for order in open_rows if outcomes[order.pk].is_taken}
    customers = record_customers(store.id, map(_buyer_of, taken.values()))
    issued = read_issued(store, taken)
    plans = {pk: plan(snapshot, issued.get(pk, []), terms_of(store)) for pk, snapshot in taken.items()}
    numbers = _issue(plans, issued, taken, store, announce)
    rows_taken = [order for order in rows if order.pk in taken]
    moved = {order.pk for order in rows_taken if not order.content or order.state != taken[order.pk].state}
    before = totals.parts_of(rows_taken)
    changed = [_with_report(order, taken[order.pk], plans[order.pk], customers) for order in rows_taken]
    rows_of(Order, store.id).bulk_create(
        changed, update_conflicts=True, unique_fields=["store", "external_id"], update_fields=_REPORTED
    )
    totals.move(store.id, before, totals.parts_of(changed))
    if announce:
        events.append_states(store, [order for order in changed if order.pk in moved])
        live.send_orders(
            store, [order for order in changed if outcomes[order.pk] != Outcome.SAME or order.pk in numbers]
        )
    return [_recorded(order, outcomes[order.pk], numbers.get(order.pk, ())) for order in rows]


def preview(store: StoreFacts, snapshot: OrderSnapshot) -> Plan | None:
    """What recording `snapshot` would issue now; None where it would change nothing. Changes nothing itself."""
    order = rows_of(Order, store.id).filter(external_id=snapshot.external_id).first()
    if order is None:
        return plan(snapshot, [], terms_of(store))
    outcome = _compare(order, snapshot, asked_at=None)
    made = plan(snapshot, read_issued(store, [order.pk]).get(order.pk, []), terms_of(store))
    is_change = outcome == Outcome.UPDATED or (outcome == Outcome.SAME and made.documents)
    return made if is_change else None


def _lock(store: StoreFacts, reports: Mapping[str, OrderSnapshot]) -> list[Order]:
    """The rows of the orders, made where they are not there. Level 1 of docs/locks.md, in the order of external ids."""
    names = sorted(reports)
    fresh = [
        Order(
            store_id=store.id, external_id=name, number=reports[name].number, state=reports[name].state,
            invoice_state=InvoiceState.WAITING, currency=reports[name].currency, placed_at=reports[name].placed_at,
            updated_at=reports[name].updated_at,
        )
        for name in names
    ]  # fmt: skip
    rows_of(Order, store.id).bulk_create(fresh, ignore_conflicts=True)
    rows = rows_of(Order, store.id).select_for_update(no_key=True).filter(external_id__in=names)
    return list(rows.order_by("external_id"))


def _compare(order: Order, snapshot: OrderSnapshot, asked_at: datetime | None) -> Outcome:
    """Of two different reports of one second, an answer is the newer one if the other was there before the request."""
    if not order.content:
        return Outcome.NEW
    if snapshot.updated_at < order.updated_at:
        return Outcome.STALE
    if content(snapshot) == order.content:
        return Outcome.SAME
    is_newer = asked_at is not None and order.recorded_at < asked_at
    return Outcome.UPDATED if is_newer or snapshot.updated_at > order.updated_at else Outcome.AMBIGUOUS


def _is_settled(order: Order, outcome: Outcome) -> bool:
    """Whether the report plans nothing: the shop sends each new order twice, and a poll reads it again."""
    return outcome == Outcome.SAME and order.invoice_state in (InvoiceState.INVOICED, InvoiceState.RESTATED)


def _issue(
    plans: dict[int, Plan], issued: Mapping[int, Sequence[Issued]], taken: Mapping[int, OrderSnapshot], store: StoreFacts,
    announce: bool,
) -> dict[int, tuple[str, ...]]:  # fmt: skip
    """Issue what is planned; an order that has a document refused is quarantined instead, with its plan in `plans`."""
    while True:
        try:
            return issue({pk: made.documents for pk, made in plans.items()}, issued, store, announce=announce)
        except DocumentsRefused as refused:
            for pk, reason in refused.reasons.items():
                problem = Problem(rule=Rule.REFUSED, message=reason)
                plans[pk] = plan_nothing(taken[pk], issued.get(pk, []), terms_of(store), problem)


def _buyer_of(snapshot: OrderSnapshot) -> Buyer:
    """The buyer as the order names them. Their data is as old as the report."""
    buyer = snapshot.buyer
    return Buyer(
        external_id=buyer.external_id, vat_id=buyer.vat_id, email=buyer.email, name=buyer.name, country=buyer.country,
        first_at=snapshot.placed_at, reported_at=snapshot.updated_at,
    )  # fmt: skip


def _with_report(order: Order, snapshot: OrderSnapshot, made: Plan, customers: Mapping[str, int]) -> Order:
    """`order` with what is known of it now; `customers` has their ids by key."""
    values = {
        "customer_id": customers.get(_buyer_of(snapshot).key),
        "invoice_state": made.state, "rule": made.rule or "", "message": made.message, **asdict(made.account),
        "number": snapshot.number, "state": snapshot.state, "currency": snapshot.currency, "paid_at": snapshot.paid_at,
        "placed_at": snapshot.placed_at, "updated_at": snapshot.updated_at, "content": content(snapshot),
        "recorded_at": ClockTimestamp(),
    }  # fmt: skip
    for name, value in values.items():
        setattr(order, name, value)
    return order


def _recorded(order: Order, outcome: Outcome, numbers: tuple[str, ...]) -> Recorded:
    return Recorded(
        order_id=order.pk, outcome=outcome, state=InvoiceState(order.invoice_state), rule=order.rule,
        message=order.message, numbers=numbers,
    )  # fmt: skip

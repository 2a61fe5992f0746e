"""Record what a shop reports of its orders: the newest report wins, and the documents are brought up to date with it.

One transaction holds the orders, their documents and accounts. Recorded twice, late or in another order, the reports of
an order lead to the same documents.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from django.db import transaction

from orders import events, live
from orders.documents import DocumentsRefused, issue, read_issued
from orders.models import Order
from orders.plan import plan, plan_nothing
from orders.serialize import content
from orders.snapshot import OrderSnapshot, Problem, Rule
from orders.terms import terms_of
from orders.types import InvoiceState, Issued, Plan
from orders.writing import write_reports
from stores.queries import StoreFacts
from stores.rows import rows_of


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
    issued = read_issued(store, taken)
    plans = {pk: plan(snapshot, issued.get(pk, []), terms_of(store)) for pk, snapshot in taken.items()}
    numbers = _issue(plans, issued, taken, store, announce)
    changed = [order for order in rows if order.pk in taken]
    moved = write_reports(store, changed, taken, plans)
    if announce:
        events.append_states(store, moved)
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


def _recorded(order: Order, outcome: Outcome, numbers: tuple[str, ...]) -> Recorded:
    return Recorded(
        order_id=order.pk, outcome=outcome, state=InvoiceState(order.invoice_state), rule=order.rule,
        message=order.message, numbers=numbers,
    )  # fmt: skip

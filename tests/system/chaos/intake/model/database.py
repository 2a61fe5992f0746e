"""A PostgreSQL of the model, as dictionaries of rows: what the product does in one statement is one method."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from integrations.webhooks import claims
from integrations.webhooks.types import Incoming
from orders import recording
from orders.plan import plan
from orders.serialize import content
from orders.snapshot import OrderSnapshot
from orders.terms import terms_of
from orders.types import Issued, Plan
from stores.queries import StoreFacts

CLOSED = ("quarantined", "dead")


@dataclass(frozen=True, kw_only=True)
class DeliveryRow:
    """A webhook as the inbox has it."""

    id: int
    incoming: Incoming
    received_at: datetime
    next_at: datetime
    claimed_until: datetime
    state: str = "new"
    needs_shop: bool = False
    attempts: int = 0

    @property
    def subject(self) -> tuple[int | None, str]:
        return self.incoming.store_id, self.incoming.subject


@dataclass(frozen=True, kw_only=True)
class OrderRow:
    """The newest report of an order, and its documents in the order of their issue."""

    snapshot: OrderSnapshot
    updated_at: datetime
    recorded_at: datetime
    content: dict[str, Any]
    made: Plan
    issued: tuple[Issued, ...]


class Database:
    """The rows of all stores. `now` is the only clock."""

    def __init__(self, stores: Sequence[StoreFacts], now: datetime) -> None:
        self.now = now
        self.stores = {store.id: store for store in stores}
        self.deliveries: dict[int, DeliveryRow] = {}
        self.orders: dict[tuple[int, str], OrderRow] = {}
        self.cursors = {store.id: now for store in stores}
        # What was done so far: webhooks stored, deliveries claimed, transactions begun.
        self.steps = 0
        # Before the work of each transaction.
        self.on_transaction: Callable[[], None] = lambda: None

    def clock(self) -> datetime:
        """The time of a statement; no two have the same."""
        self.now += timedelta(microseconds=1)
        return self.now

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """All changes within, or none of them where an exception ends it."""
        self.steps += 1
        self.on_transaction()
        before = dict(self.deliveries), dict(self.orders), dict(self.cursors)
        try:
            yield
        except BaseException:
            self.deliveries, self.orders, self.cursors = before
            raise

    # -- deliveries ------------------------------------------------------------------------------------------------

    def store(self, incoming: Incoming) -> None:
        """Insert the webhook. One that only names an id is new again each time, as in `integrations.webhooks.writing`."""
        self.steps += 1
        known = next((row for row in self.deliveries.values() if row.incoming.key == incoming.key), None)
        if known is None:
            number = len(self.deliveries) + 1
            self.deliveries[number] = DeliveryRow(
                id=number, incoming=incoming, received_at=self.now, next_at=self.now, claimed_until=self.now
            )
        elif incoming.topic.endswith(".deleted"):
            self._change(known, state="new", attempts=0, next_at=self.now)

    def claim(self, *, needs_shop: bool) -> DeliveryRow | None:
        """As `claims.claim_next`: the newest one that is due of an order that no worker has claimed."""
        due = [row for row in self._new() if row.needs_shop == needs_shop and row.next_at <= self.now]
        claimed = {row.subject for row in self._new() if row.claimed_until > self.now}
        free = [row for row in due if row.subject not in claimed]
        if not free:
            return None
        self.steps += 1
        first = min(free, key=lambda row: (row.next_at, row.id))
        newest = max((row for row in due if row.subject == first.subject), key=lambda row: row.id)
        until = self.now + timedelta(seconds=claims.CLAIM_SECONDS)
        return self._change(newest, attempts=newest.attempts + 1, next_at=until, claimed_until=until)

    def move(self, claimed: DeliveryRow, **values: Any) -> bool:
        """Change the delivery and end its claim; false where the claim is lost."""
        row = self.deliveries[claimed.id]
        if (row.state, row.attempts) != ("new", claimed.attempts):
            return False
        self._change(row, claimed_until=self.now, **values)
        return True

    def close_replaced(self, store_id: int, subject: str, *, but: int = 0) -> None:
        for row in list(self.deliveries.values()):
            if row.subject == (store_id, subject) and row.state in CLOSED and row.id != but:
                self._change(row, state="done")

    def read_waiting(self, store_id: int, subjects: Collection[str]) -> set[str]:
        return {row.subject[1] for row in self._new() if row.subject[0] == store_id and row.subject[1] in subjects}

    def _new(self) -> list[DeliveryRow]:
        return [row for row in self.deliveries.values() if row.state == "new"]

    def _change(self, row: DeliveryRow, **values: Any) -> DeliveryRow:
        changed = self.deliveries[row.id] = replace(row, **values)
        return changed

    # -- orders ----------------------------------------------------------------------------------------------------

    def record(
        self, store: StoreFacts, snapshot: OrderSnapshot, *, asked_at: datetime | None = None
    ) -> recording.Recorded:
        """As `orders.recording.record`, with its comparison and its plan."""
        key = store.id, snapshot.external_id
        row = self.orders.get(key)
        outcome = recording.Outcome.NEW if row is None else recording._compare(row, snapshot, asked_at)  # type: ignore[arg-type]
        if outcome.is_taken:
            row = self.orders[key] = self._planned(store, snapshot, row.issued if row else ())
        assert row is not None
        return recording.Recorded(order_id=0, outcome=outcome, state=row.made.state, rule=row.made.rule or "")

    def _planned(self, store: StoreFacts, snapshot: OrderSnapshot, issued: tuple[Issued, ...]) -> OrderRow:
        made = plan(snapshot, issued, terms_of(store))
        names = {one.external_id: one.number for one in issued}
        for planned in made.documents:
            # The unique key of documents refuses a second one.
            if planned.external_id in names:
                raise LookupError(f"{planned.external_id} was issued already.")
            names[planned.external_id] = f"N-{len(names) + 1}"
            issued = (*issued, planned.as_issued(names[planned.external_id]))
        return OrderRow(
            snapshot=snapshot, updated_at=snapshot.updated_at, recorded_at=self.clock(), content=content(snapshot), made=made,
            issued=issued,
        )  # fmt: skip

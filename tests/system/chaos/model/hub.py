"""A web process of the model: the product's `FeedState`, snapshot reads with a duration, and screens."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

from streaming.connections import Connection
from streaming.feedstate import FeedState
from streaming.rows import ShownRow
from streaming.snapshots import PAGE, Snapshot
from tests.system.chaos.model.store import PRICE, Store
from tests.system.chaos.screens import Frame, Screen, parse

Hint = Callable[[FeedState], None]


def shown_hint(seq: int, item: str, cleared_seq: int | None) -> Hint:
    def hint(state: FeedState) -> None:
        if not state.take_next(seq, item, cleared_seq):
            state.is_behind = True

    return hint


def cleared_hint(last_seq: int) -> Hint:
    return lambda state: state.receive_cleared(last_seq)


def totals_hint() -> Hint:
    return lambda state: setattr(state, "are_totals_due", True)


def status_hint() -> Hint:
    return lambda state: setattr(state, "is_status_due", True)


class SlowReading:
    """`read_feed`, query by query; anything may happen between two of them."""

    def __init__(self, store: Store, known_seq: int | None, *, wants_status: bool) -> None:
        self._store, self._known_seq = store, known_seq
        self._status = status_of(store) if wants_status else None
        self._stats = stats_of(store)
        self._display = store.display()
        self._rows: list[ShownRow] | None = None

    def step(self) -> Snapshot | None:
        """Read the rows; the next step reads the display and returns all of it."""
        if self._rows is None:
            self._rows = self._read_rows()
            return None
        display = self._store.display()
        if self._known_seq is None and display.cleared_seq != self._display.cleared_seq:
            self._display, self._rows = display, None
            return None
        shown = display if self._known_seq is not None else self._display
        return Snapshot(display=shown, rows=self._rows, stats=self._stats, status=self._status)

    def _read_rows(self) -> list[ShownRow]:
        shown = self._store.shown
        if self._known_seq is None:
            first = max(self._display.cleared_seq or 0, len(shown) - PAGE)
            found = shown[first:]
        else:
            found = shown[self._known_seq : self._known_seq + PAGE]
        return [ShownRow(seq=row.seq, item=self._store.item(row.position)) for row in found]


def stats_of(store: Store) -> dict[str, Any]:
    count = store.invoice_count
    return {"invoice_count": count, "total_amount": str(PRICE * count), "as_of": store.changed_at.isoformat()}


def status_of(store: Store) -> dict[str, Any]:
    run, display = store.active(), store.display()
    state = run.state if run else "draining" if display.queued_count else "idle"
    return {
        "state": state,
        "display": {
            "last_seq": display.last_seq, "backlog": display.queued_count, "announced_count": display.announced_count,
            "shown_count": display.last_seq, "skipped_count": display.skipped_count,
        },
    }  # fmt: skip


class ModelScreen(Screen):
    """A dashboard; while it is slow it takes only as many frames as `allow` lets through."""

    def __init__(self, name: str, store: Store) -> None:
        super().__init__(name)
        self.connection: Connection | None = None
        self.is_slow = False
        self._store = store
        self._number = 0
        self._waiting: list[asyncio.Future[None]] = []

    def join(self, web: Web) -> None:
        """Open a new connection, resuming where the last one was."""
        self.leave(web)
        self._number += 1
        number = self._number

        async def send(text: str) -> None:
            if number != self._number:
                raise ConnectionError("The socket is gone.")
            self.take(Frame(wall=self._store.now.timestamp(), connection=number, body=parse(text)))
            if self.is_slow:
                gate = asyncio.get_running_loop().create_future()
                self._waiting.append(gate)
                await gate

        self.connection = Connection(send=send, drop=self._dropped)
        hello = web.state.hello(last_seq=self.last_seq, epoch=self.epoch or None)
        self.connection.follow(web.state.log, hello)

    def leave(self, web: Web) -> None:
        if self.connection is not None:
            web.state.log.followers.discard(self.connection)
        self._dropped()

    def allow(self, count: int) -> None:
        """Take `count` frames of those that wait."""
        for gate in self._waiting[:count]:
            if not gate.done():
                gate.set_result(None)
        del self._waiting[:count]

    def _dropped(self) -> None:
        self.connection = None
        self._number += 1
        self.allow(len(self._waiting))


class Web:
    """One hub. A death forgets everything and cuts every screen."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self.state = FeedState("demo")
        self._reading: SlowReading | None = None

    def step(self, *, wants_status: bool) -> bool:
        """Begin a reading or go on with it; True when there is no more to be read just now."""
        state = self.state
        if self._reading is None:
            if not state.log.followers:
                state.restart()
            wants_status = wants_status or state.is_status_due or not state.status
            state.are_totals_due = state.is_status_due = state.is_behind = False
            self._reading = SlowReading(self._store, state.last_seq, wants_status=wants_status)
            return False
        reading = self._reading.step()
        if reading is None:
            return False
        self._reading = None
        is_behind = state.take(reading)
        state.notify_followers()
        return not is_behind

    def refresh(self) -> None:
        """Read again until nothing is missing; a read in progress is ended first."""
        if self._reading is not None:
            self._finish(wants_status=False)
        self._finish(wants_status=True)

    def _finish(self, *, wants_status: bool) -> None:
        while not self.step(wants_status=wants_status):
            pass

    def hear(self, hint: Hint) -> None:
        if self.state.log.followers:
            hint(self.state)
            self.state.notify_followers()

"""A web process of the model and its screens, in steps that a test can interleave with other actors.

The feed's state, the frames and the connections are the product's own modules. PostgreSQL is the model's `Store`, and a
snapshot read takes several steps, because in the product other transactions commit between its queries.
"""

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

# A notification is a function that changes a hub's state as the hub would on receipt.
Notification = Callable[[FeedState], None]


def shown_notification(seq: int, item: str, cleared_seq: int | None) -> Notification:
    """The row `seq` was shown; `item` is its JSON text, `cleared_seq` the last row before the last reset."""

    def notification(state: FeedState) -> None:
        if not state.take_next(seq, item, cleared_seq):
            state.is_behind = True

    return notification


def cleared_notification(last_seq: int) -> Notification:
    """The screens were cleared after row `last_seq`."""
    return lambda state: state.receive_cleared(last_seq)


def totals_notification() -> Notification:
    return lambda state: setattr(state, "are_totals_due", True)


def status_notification() -> Notification:
    return lambda state: setattr(state, "is_status_due", True)


class SlowRead:
    """`streaming.snapshots.read_feed` query by query: the store may change between two steps.

    `known_seq` is the last row that the hub has; None reads the newest rows.
    """

    def __init__(self, store: Store, known_seq: int | None, *, wants_status: bool) -> None:
        self._store, self._known_seq = store, known_seq
        self._status = status_of(store) if wants_status else None
        self._stats = stats_of(store)
        self._display = store.display()
        self._rows: list[ShownRow] | None = None

    def step(self) -> Snapshot | None:
        """The first step reads the rows and returns None; the next reads the display and returns the snapshot.

        When the screens were cleared between the two, the rows are read again, as in `read_feed`.
        """
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
    """The totals of the feed, with the fields that the checker compares."""
    count = store.invoice_count
    return {"invoice_count": count, "total_amount": str(PRICE * count), "as_of": store.changed_at.isoformat()}


def status_of(store: Store) -> dict[str, Any]:
    """The status of the feed, with the fields that the checker compares."""
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
    """A dashboard. A slow one (`is_slow`) receives one frame and then waits until `allow` lets it receive more."""

    def __init__(self, name: str, store: Store) -> None:
        super().__init__(name)
        self.connection: Connection | None = None
        self.is_slow = False
        self._store = store
        # The number of the current connection: frames of an earlier one are refused.
        self._number = 0
        self._waiting: list[asyncio.Future[None]] = []

    def join(self, web: Web) -> None:
        """Open a new connection to `web`, which resumes where the last one ended."""
        self.leave(web)
        self._number += 1
        number = self._number

        async def send(text: str) -> None:
            if number != self._number:
                raise ConnectionError("The screen has closed this connection.")
            self.take(Frame(wall=self._store.now.timestamp(), connection=number, body=parse(text)))
            if self.is_slow:
                gate = asyncio.get_running_loop().create_future()
                self._waiting.append(gate)
                await gate

        self.connection = Connection(send=send, drop=self._dropped)
        hello = web.state.hello(last_seq=self.last_seq, epoch=self.epoch or None)
        self.connection.follow(web.state.log, hello)

    def leave(self, web: Web) -> None:
        """Close the connection to `web`, if there is one."""
        if self.connection is not None:
            web.state.log.followers.discard(self.connection)
        self._dropped()

    def allow(self, count: int) -> None:
        """Let the sends of `count` waiting frames return, oldest first."""
        for gate in self._waiting[:count]:
            if not gate.done():
                gate.set_result(None)
        del self._waiting[:count]

    def _dropped(self) -> None:
        self.connection = None
        self._number += 1
        self.allow(len(self._waiting))


class Web:
    """A web process with one hub. The process dies when a test replaces it by a new one."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self.state = FeedState("demo")
        self._read: SlowRead | None = None

    def step(self, *, wants_status: bool) -> bool:
        """Begin a snapshot read, or do its next step; True when the read ended and no rows are missing."""
        state = self.state
        if self._read is None:
            if not state.log.followers:
                state.restart()
            wants_status = wants_status or state.is_status_due or not state.status
            state.are_totals_due = state.is_status_due = state.is_behind = False
            self._read = SlowRead(self._store, state.last_seq, wants_status=wants_status)
            return False
        snapshot = self._read.step()
        if snapshot is None:
            return False
        self._read = None
        is_behind = state.take(snapshot)
        state.notify_followers()
        return not is_behind

    def refresh(self) -> None:
        """Read until no rows are missing. A read in progress may be out of date, so it is finished and another follows."""
        if self._read is not None:
            self._finish(wants_status=False)
        self._finish(wants_status=True)

    def _finish(self, *, wants_status: bool) -> None:
        while not self.step(wants_status=wants_status):
            pass

    def receive(self, notification: Notification) -> None:
        """Receive a notification; the product's hub ignores one for a feed without screens, too."""
        if self.state.log.followers:
            notification(self.state)
            self.state.notify_followers()

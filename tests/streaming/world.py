"""A feed without I/O: a database of shown rows, notifications that get lost, and screens that come, freeze and go.

Everything happens in the order a test says; nothing here waits for a clock, a socket or a server.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from streaming.connections import Connection
from streaming.display import Display
from streaming.feedstate import FeedState
from streaming.rows import ShownRow
from streaming.snapshots import PAGE, Snapshot
from tests.streaming.screen import Screen

NOW = datetime(2026, 11, 21, tzinfo=UTC)
HELLO_ROWS, RESUMABLE = 50, 500
# A notification is a function that changes a hub's state as the hub would on receipt.
Notification = Callable[[FeedState], None]


@dataclass
class Database:
    """The rows of one feed in PostgreSQL, reduced to what a hub reads."""

    epoch: str = "first"
    last_seq: int = 0
    cleared_seq: int | None = None
    invoice_count: int = 0

    def item(self, seq: int) -> str:
        return f'"{self.epoch}-{seq}"'

    def rows(self, first: int, last: int) -> list[ShownRow]:
        return [ShownRow(seq=seq, item=self.item(seq)) for seq in range(first, last + 1)]

    def screen(self, since: int) -> list[int]:
        """The sequence numbers on a screen that began at `since`: those shown since then and since the last clearing."""
        return list(range(max(since, (self.cleared_seq or 0) + 1), self.last_seq + 1))

    def show(self) -> Notification:
        """Show one row; returns its notification."""
        self.last_seq += 1
        seq, item, cleared_seq = self.last_seq, self.item(self.last_seq), self.cleared_seq

        def notification(state: FeedState) -> None:
            if not state.take_next(seq, item, cleared_seq):
                state.is_behind = True

        return notification

    def clear(self) -> Notification:
        """Clear the screens; returns the notification of it."""
        last_seq = self.cleared_seq = self.last_seq
        return lambda state: state.receive_cleared(last_seq)

    def display(self) -> Display:
        return Display(
            feed="demo", epoch=self.epoch, announced_count=self.last_seq, position=self.last_seq,
            last_seq=self.last_seq, skipped_count=0, cleared_seq=self.cleared_seq, mode="every",
            rate_per_second=Decimal(2), grid_at=NOW, due_at=NOW,
            next_announced_at=None, now=NOW,
        )  # fmt: skip

    def status(self) -> dict[str, Any]:
        return {"state": "draining", "display": {"last_seq": self.last_seq}}


class SlowRead:
    """A snapshot read in the steps of `streaming.snapshots.read_feed`: the database may change between two steps."""

    def __init__(self, database: Database, known_seq: int | None, *, wants_status: bool = True) -> None:
        self.database, self.known_seq = database, known_seq
        self.status = database.status() if wants_status else None
        self.stats = {"invoice_count": database.invoice_count}
        self.display = database.display()
        self.rows: list[ShownRow] = []
        self.is_read = False

    def read_rows(self) -> None:
        self.is_read = True
        head = self.database.last_seq
        if self.known_seq is None:
            self.rows = self.database.rows(max((self.display.cleared_seq or 0) + 1, head - PAGE + 1), head)
        else:
            self.rows = self.database.rows(self.known_seq + 1, min(head, self.known_seq + PAGE))

    def finish(self) -> Snapshot:
        now = self.database.display()
        if self.known_seq is not None:
            self.display = now
        elif now.cleared_seq != self.display.cleared_seq:
            self.display = now
            self.read_rows()
        return Snapshot(display=self.display, rows=self.rows, stats=self.stats, status=self.status)


def read(state: FeedState, database: Database) -> None:
    """Bring `state` up to date with `database`, as the hub does, and send its followers their frames."""
    is_behind = True
    while is_behind:
        slow_read = SlowRead(database, state.last_seq)
        slow_read.read_rows()
        is_behind = state.take(slow_read.finish())
        state.notify_followers()


def known_state(database: Database) -> FeedState:
    """A state of the feed that is up to date with `database`."""
    state = FeedState("demo")
    read(state, database)
    return state


@dataclass
class ModelScreen(Screen):
    """A dashboard without I/O, connected to a feed's state. A slow one receives only as many frames as `read` allows."""

    is_slow: bool = False
    is_dropped: bool = False
    connection: Connection | None = None
    broken_promises: list[AssertionError] = field(default_factory=list)
    _allowed: int = 0
    _waiting: list[asyncio.Future[None]] = field(default_factory=list)

    def join(self, state: FeedState, *, last_seq: int | None = None, epoch: str | None = None) -> None:
        """Open a new connection to `state`."""
        self.is_dropped = False
        self.connection = Connection(send=self.send, drop=self.drop)
        self.connection.follow(state.log, state.hello(last_seq=last_seq, epoch=epoch))

    def leave(self, state: FeedState) -> None:
        if self.connection is not None:
            state.log.followers.discard(self.connection)
        self.connection = None

    async def send(self, text: str) -> None:
        connection = self.connection
        while self.is_slow and not self._allowed:
            self._waiting.append(asyncio.get_running_loop().create_future())
            await self._waiting[-1]
        if connection is self.connection:
            self._allowed -= self.is_slow
            try:
                self.take(json.loads(text))
                self.check_newest()
            except AssertionError as error:
                # The connection treats every exception of `send` as the end of the socket, so the test must keep the failure.
                self.broken_promises.append(error)

    def check_newest(self) -> None:
        """Each row shows its own invoice."""
        assert all(invoice == f"{self.epoch}-{seq}" for seq, invoice in list(self.invoices.items())[-3:])

    def drop(self) -> None:
        self.is_dropped = True
        self.connection = None

    def read(self, count: int) -> None:
        """Let a slow screen receive its next `count` frames."""
        self._allowed = count
        for future in self._waiting:
            future.set_result(None)
        self._waiting = []

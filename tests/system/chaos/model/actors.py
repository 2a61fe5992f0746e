"""The actors on the store: tickers, pacers, operators. Each does one step at a time and may die after any step."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from streaming import pace, queue
from streaming.pacer import EARLY
from tests.system.chaos.model.hub import (
    Notification,
    cleared_notification,
    shown_notification,
    status_notification,
    totals_notification,
)
from tests.system.chaos.model.store import RunRow, Store
from tests.system.chaos.truth import Shown, Skip

KEY = "model"


class Redis:
    """Notifications on their way, and the window of coming rows. Both may be lost, changed and doubled at any time."""

    def __init__(self) -> None:
        self.notifications: list[Notification] = []
        self.window: dict[int, bytes] = {}

    def wipe(self) -> None:
        self.notifications.clear()
        self.window.clear()

    def poison(self) -> None:
        """Exchange the rows of the window: each one gets the place of the next."""
        places = list(self.window)
        self.window = dict(zip(places, [self.window[at] for at in places[1:] + places[:1]], strict=True))


class Ticker:
    """A worker. `work` is its open transaction: the run whose lock it holds, and what it is about to issue."""

    def __init__(self, store: Store, redis: Redis) -> None:
        self._store, self._redis = store, redis
        self.work: tuple[RunRow, int, int] | None = None

    def step(self) -> None:
        """Begin a tick (open a transaction), or commit the tick in progress."""
        if self.work is not None:
            self._commit()
            return
        run = self._store.active()
        if run is None:
            return
        if run.state == "stopping":
            finish_stopping(self._store, self._redis, run, waits=True)
        elif run.holder is None:
            run.holder = self
            self.work = (run, *self._store.owed(run))

    def die(self) -> None:
        """The worker's session ends, and its open transaction is rolled back."""
        if self.work is not None:
            self.work[0].holder = None
        self.work = None

    def _commit(self) -> None:
        assert self.work is not None
        run, first, count = self.work
        self.die()
        self._store.issue(run, first, count)
        if count:
            self._redis.notifications += [totals_notification(), status_notification()]


def finish_stopping(store: Store, redis: Redis, run: RunRow, *, waits: bool) -> None:
    """Wait for the tick in progress (`waits`) or roll it back; then set the run to stopped."""
    if isinstance(run.holder, Ticker):
        if waits:
            run.holder.step()
        else:
            run.holder.die()
    if run.state == "stopping":
        store.end_run(run, "stopped")
    redis.notifications.append(status_notification())


@dataclass(frozen=True)
class NextRow:
    position: int
    head: int
    waited_since: datetime
    item: str


class Pacer:
    """Reads the next rows, shows them under the cursor's lock, notifies: three steps, and a death between any two."""

    def __init__(self, store: Store, redis: Redis) -> None:
        self._store, self._redis = store, redis
        self._coming: NextRow | None = None
        self._unsent: Callable[[], None] | None = None

    def step(self) -> None:
        if self._unsent is not None:
            self._unsent()
            self._unsent = None
        elif self._coming is not None:
            next_row, self._coming = self._coming, None
            self._show(next_row)
        else:
            self._coming = self._look()

    def die(self) -> None:
        self._coming = self._unsent = None

    def _look(self) -> NextRow | None:
        store = self._store
        display = store.display()
        if not display.queued_count:
            return None
        nearest = store.now + pace.period(display.rate_per_second)
        if display.grid_at > nearest:
            store.cursor.due_at = nearest
        position = display.announced_count if display.mode == "latest" else display.position + 1
        return NextRow(position, store.head, display.next_announced_at or store.now, self._load(position))

    def _load(self, position: int) -> str:
        """The JSON text of the invoice at `position`: from the window in Redis when its seal fits, else from the store.

        A read of the store also puts the following rows into the window.
        """
        member = self._redis.window.get(position)
        item = None if member is None else queue._unseal(member, KEY, position)
        if item is not None:
            return item
        for at in range(position, min(self._store.head, position + 5) + 1):
            self._redis.window[at] = queue._seal(self._store.item(at).encode(), KEY, at)
        return self._store.item(position)

    def _show(self, next_row: NextRow) -> None:
        cursor, now = self._store.cursor, self._store.now
        is_latest = cursor.mode == "latest"
        if not (next_row.position > cursor.position if is_latest else next_row.position == cursor.position + 1):
            return
        due = pace.due_at(grid=cursor.due_at, shown_at=cursor.shown_at, now=now, rate=cursor.rate)
        if due - now > EARLY:
            return
        # A pacer wakes up a little early and sleeps the rest while it holds the lock.
        self._store.now = now = max(now, due)
        if next_row.position > cursor.position + 1:
            last = next_row.position - 1
            self._store.skips.append(Skip(first=cursor.position + 1, last=last, seq=cursor.last_seq, why="latest"))
            cursor.skipped += last - cursor.position
        cursor.due_at = pace.next_grid(grid=max(cursor.due_at, next_row.waited_since), moment=now, rate=cursor.rate)
        cursor.position, cursor.last_seq, cursor.shown_at = next_row.position, cursor.last_seq + 1, now
        self._store.shown.append(Shown(seq=cursor.last_seq, position=next_row.position, at=now))
        notification = shown_notification(cursor.last_seq, next_row.item, cursor.cleared_seq)
        self._unsent = lambda: self._notify(notification, next_row)

    def _notify(self, notification: Notification, next_row: NextRow) -> None:
        """Send what the product's pacer sends after the commit, and remove shown rows from the window."""
        self._redis.notifications.append(notification)
        for at in [at for at in self._redis.window if at <= next_row.position]:
            del self._redis.window[at]
        if next_row.position == next_row.head:
            self._redis.notifications.append(status_notification())


def until_due(store: Store) -> timedelta:
    """How long until the next row may be shown."""
    cursor = store.cursor
    due = pace.due_at(grid=cursor.due_at, shown_at=cursor.shown_at, now=store.now, rate=cursor.rate)
    return max(timedelta(0), due - store.now)


def reset_notification(store: Store) -> Notification:
    return cleared_notification(store.cursor.last_seq)

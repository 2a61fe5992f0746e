"""One step of the pacer: show the next row of a feed when it is due.

Any number of pacers may step at once. The row lock of the cursor serializes them, and every number, time and skip is
committed before a message is sent: a pacer that is killed at any instruction loses nothing and repeats nothing.
"""

from __future__ import annotations

import time
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal

from django.db import transaction

from runtime.clock import read_clock
from streaming import notifications, pace, queue
from streaming.display import Display, rate_of
from streaming.display import display as read_display
from streaming.models import Cursor, Mode, Shown, Skip
from streaming.rows import Row

IDLE_SECONDS = 3600.0
# Wake up early and sleep the rest while holding the lock, so that timer latency does not delay the row.
EARLY = timedelta(milliseconds=4)


@dataclass(frozen=True, kw_only=True)
class NextRow:
    """The next row of a feed, loaded before its due time: when it is due, only the cursor's lock is left to take."""

    epoch: str
    position: int
    head: int
    waited_since: datetime
    row: Row | None


@dataclass(frozen=True, kw_only=True)
class Step:
    """The result of a step: the sequence number it gave, if any; how long to wait before the next step (seconds), and
    for which row.
    """

    seq: int | None = None
    wait_seconds: float = 0.0
    next_row: NextRow | None = None


def step(name: str, next_row: NextRow | None = None) -> Step:
    """Show the next row of feed `name` if it is due; otherwise return how long to wait.

    `next_row` comes from the previous step; without it, the state of the feed is read again.
    """
    if next_row is None:
        display = read_display(name)
        due = time.monotonic() + (display.due_at - display.now).total_seconds()
        if not display.queued_count:
            return Step(wait_seconds=IDLE_SECONDS)
        _forget_far_due(display)
        next_row = _load(display)
        wait = due - EARLY.total_seconds() - time.monotonic()
        if wait > 0:
            # By then, another row may be the newest.
            return Step(wait_seconds=wait, next_row=None if display.mode == Mode.LATEST else next_row)
    cursor = _show(name, next_row)
    if cursor is None:
        return Step()
    assert next_row.row is not None
    assert next_row.row.item is not None
    notifications.shown(name, cursor.last_seq, next_row.row.item, cleared_seq=cursor.cleared_seq)
    queue.drop_through(next_row.epoch, name, next_row.position)
    if next_row.position == next_row.head:
        notifications.status_changed(name)
    return Step(seq=cursor.last_seq)


def _load(display: Display) -> NextRow:
    position = display.announced_count if display.mode == Mode.LATEST else display.position + 1
    return NextRow(
        epoch=display.epoch,
        position=position,
        head=display.announced_count,
        waited_since=display.next_announced_at or display.now,
        row=queue.next_row(display.epoch, display.feed, position, display.announced_count),
    )


@transaction.atomic
def _show(name: str, next_row: NextRow) -> Cursor | None:
    """Give a row its sequence number under the cursor's lock.

    Returns None when another pacer or an operator was first, or the feed was deleted. A row counts as late from
    `waited_since` on at the earliest: a feed without rows accumulates no delay.
    """
    position, row = next_row.position, next_row.row
    cursor = Cursor.objects.select_for_update(no_key=True).filter(feed_id=name).first()
    if cursor is None or not _is_next(cursor, position):
        return None
    rate = rate_of(cursor)
    now = _wait_until_due(cursor, rate)
    if now is None:
        return None
    if position > cursor.position + 1:
        _skip(cursor, last_position=position - 1, why=Skip.Why.LATEST)
    if row is None or row.item is None:
        _skip(cursor, last_position=position, why=Skip.Why.REMOVED)
        cursor.save()
        return None
    cursor.position = position
    cursor.last_seq += 1
    cursor.due_at = pace.next_grid(grid=max(cursor.due_at, next_row.waited_since), moment=now, rate=rate)
    cursor.shown_at = now
    cursor.save()
    Shown.objects.create(feed_id=name, seq=cursor.last_seq, position=position, shown_at=now)
    return cursor


def _is_next(cursor: Cursor, position: int) -> bool:
    if cursor.mode == Mode.LATEST:
        return position > cursor.position
    return position == cursor.position + 1


def _wait_until_due(cursor: Cursor, rate: Decimal) -> datetime | None:
    """Wait for the due time of the row and return it; None when it is further away than a pacer wakes early."""
    now = read_clock()
    due = pace.due_at(grid=cursor.due_at, shown_at=cursor.shown_at, now=now, rate=rate)
    if due - now > EARLY:
        return None
    if due > now:
        time.sleep((due - now).total_seconds())
        now = read_clock()
    return now if now >= due else None


def _skip(cursor: Cursor, *, last_position: int, why: Skip.Why) -> None:
    """Skip the positions after the cursor's up to `last_position`; the caller saves the cursor."""
    Skip.objects.create(
        feed_id=cursor.feed_id,
        first_position=cursor.position + 1,
        last_position=last_position,
        seq=cursor.last_seq,
        why=why,
    )
    cursor.skipped_count += last_position - cursor.position
    cursor.position = last_position


def _forget_far_due(display: Display) -> None:
    """Reset a due time more than one period ahead: the clock was set back, or the rate was raised."""
    nearest = display.now + pace.period(display.rate_per_second)
    if display.grid_at > nearest:
        Cursor.objects.filter(feed_id=display.feed, due_at__gt=nearest).update(due_at=nearest)

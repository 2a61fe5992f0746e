"""One step of the pacer: show the next row of a feed when its time has come.

Any number of pacers may step at once. The cursor's row lock makes them take turns, and every number, moment and skip
is committed before anything is sent: a pacer killed at any instruction loses nothing and doubles nothing.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import connection, transaction

from streaming import hints, pace, queue
from streaming.display import Display, rate_of
from streaming.display import display as read_display
from streaming.models import Cursor, Mode, Shown, Skip
from streaming.rows import Row

IDLE_SECONDS = 3600.0


@dataclass(frozen=True, kw_only=True)
class Step:
    """What a step did: the sequence number it gave, if any, and how long to wait before the next (seconds)."""

    seq: int | None = None
    wait_seconds: float = 0.0


def step(name: str) -> Step:
    """Show the next row of feed `name` if it is due; otherwise say when to come back."""
    display = read_display(name)
    if not display.queued_count:
        return Step(wait_seconds=IDLE_SECONDS)
    wait = display.due_at - display.now
    if wait > timedelta(0):
        _forget_far_due(display)
        return Step(wait_seconds=wait.total_seconds())
    position = display.announced_count if display.mode == Mode.LATEST else display.position + 1
    row = queue.coming(display.epoch, name, position, display.announced_count)
    cursor = _show(name, position, row, waited_since=display.next_announced_at or display.now)
    if cursor is None:
        return Step()
    assert row is not None
    assert row.item is not None
    hints.shown(name, cursor.last_seq, row.item, cleared_seq=cursor.cleared_seq)
    queue.drop_through(display.epoch, name, position)
    if position == display.announced_count:
        hints.status_changed(name)
    return Step(seq=cursor.last_seq)


@transaction.atomic
def _show(name: str, position: int, row: Row | None, *, waited_since: datetime) -> Cursor | None:
    """Give `position` its number under the cursor's lock; None when another pacer or an operator was first.

    A row is late from `waited_since` on at the earliest: a feed with nothing to show owes nothing.
    """
    cursor = Cursor.objects.select_for_update(no_key=True).get(feed_id=name)
    now = _read_clock()
    rate = rate_of(cursor)
    due = pace.due_at(grid=cursor.due_at, shown_at=cursor.shown_at, now=now, rate=rate)
    if position <= cursor.position or now < due:
        return None
    if cursor.mode != Mode.LATEST and position != cursor.position + 1:
        return None
    if position > cursor.position + 1:
        _skip(cursor, last_position=position - 1, why=Skip.Why.LATEST)
    if row is None or row.item is None:
        _skip(cursor, last_position=position, why=Skip.Why.REMOVED)
        cursor.save()
        return None
    cursor.position = position
    cursor.last_seq += 1
    cursor.due_at = pace.next_grid(grid=max(cursor.due_at, waited_since), moment=now, rate=rate)
    cursor.shown_at = now
    cursor.save()
    Shown.objects.create(feed_id=name, seq=cursor.last_seq, position=position, shown_at=now)
    return cursor


def _skip(cursor: Cursor, *, last_position: int, why: Skip.Why) -> None:
    """Pass over the positions after the cursor's up to `last_position`; the caller saves the cursor."""
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
    """Bring a due time that lies beyond one period back: the clock was set back, or the rate was raised."""
    nearest = display.now + pace.period(display.rate_per_second)
    if display.grid_at > nearest:
        Cursor.objects.filter(feed_id=display.feed, due_at__gt=nearest).update(due_at=nearest)


def _read_clock() -> datetime:
    with connection.cursor() as cursor:
        cursor.execute("SELECT clock_timestamp()")
        now: datetime = cursor.fetchone()[0]
    return now

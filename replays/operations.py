"""Operations on replays: start, stop, reset, remove. Each changes rows of replays only, never an invoice, a total or
another feed.
"""

from __future__ import annotations

from contextlib import suppress
from datetime import datetime
from decimal import Decimal

from django.db import connection, transaction

from replays import window
from replays.models import KIND, LARGEST_SPEED, LEAST_SPEED, Replay
from runtime.clock import ClockTimestamp
from streaming import feed as feeds

# The pacer's largest rate: each row is shown at its own time, and rows that are too dense for it queue.
DISPLAY_RATE = Decimal(1000)
MOST_RUNNING = 5
KEPT = 5
STOP_PATIENCE_MS = 2500


class BadReplay(ValueError):
    """The requested values are not valid for a replay; `field` names the value."""

    def __init__(self, field: str, message: str) -> None:
        super().__init__(message)
        self.field = field


class UnknownReplay(LookupError):
    """No replay has that feed."""

    def __init__(self, feed: str) -> None:
        super().__init__(f"There is no replay {feed[:60]!r}; GET /api/replays lists the replays.")


class TooManyReplays(RuntimeError):
    """The largest number of replays runs already."""


class NotReplaying(RuntimeError):
    """The replay has already ended."""


def find(feed: str) -> Replay | None:
    """The replay of feed `feed`; None for any other feed."""
    kind, _, number = feed.partition("-")
    is_one = kind == KIND and number.isascii() and number.isdigit() and len(number) < 19
    return Replay.objects.filter(pk=int(number)).first() if is_one else None


def start(*, source: str, begins_at: datetime, ends_at: datetime, speed: Decimal) -> Replay:
    """Start to show the invoices of feed `source` dated from `begins_at` until before `ends_at`, `speed` times as fast.

    Raises `BadReplay`, or `TooManyReplays` while `MOST_RUNNING` run.
    """
    _check(source, begins_at, ends_at, speed)
    if Replay.objects.filter(state=Replay.State.RUNNING).count() >= MOST_RUNNING:
        raise TooManyReplays(f"{MOST_RUNNING} replays are running, the largest number allowed; stop one first.")
    with transaction.atomic():
        replay = Replay.objects.create(
            source_id=source, begins_at=begins_at, ends_at=ends_at, speed=speed, reached_at=begins_at
        )
        feeds.open_feed(replay.feed_name, rate_per_second=DISPLAY_RATE)
    replay.refresh_from_db()
    return replay


def _check(source: str, begins_at: datetime, ends_at: datetime, speed: Decimal) -> None:
    if source not in (with_rows := feeds.feeds_with_rows()):
        raise BadReplay("feed", f"{source[:60]!r} has no invoices of its own; choose one of {', '.join(with_rows)}")
    if not LEAST_SPEED <= speed <= LARGEST_SPEED:
        raise BadReplay("speed", f"{speed} is not a valid speed: use {LEAST_SPEED} to {LARGEST_SPEED}")
    if begins_at >= ends_at:
        raise BadReplay("to", f"it must be later than from, which is {begins_at.isoformat()}")
    if not window.holds_any(source, begins_at, ends_at):
        raise BadReplay("from", f"feed {source} has no invoice dated between from and to; choose another window")


def stop(feed: str) -> Replay:
    """Stop the replay on `feed`: it announces nothing more; queued rows are still shown.

    Raises `UnknownReplay`, or `NotReplaying` when it has ended.
    """
    replay = find(feed)
    if replay is None:
        raise UnknownReplay(feed)
    if not _stop(replay):
        raise NotReplaying(f"{feed} has already ended; start another replay.")
    replay.refresh_from_db()
    return replay


@transaction.atomic
def _stop(replay: Replay) -> bool:
    """Stop the replay after waiting for a running tick, which holds the row; a suspended tick loses it within a second
    (docs/locks.md).
    """
    _wait_with_patience()
    running = Replay.objects.filter(pk=replay.pk, state=Replay.State.RUNNING)
    is_stopped = running.update(state=Replay.State.STOPPED, ended_at=ClockTimestamp()) == 1
    feeds.notify_status(replay.feed_name)
    return is_stopped


def _wait_with_patience() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL statement_timeout = 0")
        cursor.execute(f"SET LOCAL lock_timeout = {STOP_PATIENCE_MS}")


def reset(feed: str) -> None:
    """Stop the replay on `feed`, skip its queued rows and clear the screens."""
    replay = find(feed)
    if replay is not None:
        _stop(replay)
    feeds.skip_queued(feed, clear_screens=True)


@transaction.atomic
def remove(feed: str) -> None:
    """Remove a replay, running or not, and its feed from every answer. Raises `UnknownReplay`."""
    _wait_with_patience()
    replay = find(feed)
    if replay is None:
        raise UnknownReplay(feed)
    Replay.objects.select_for_update().filter(pk=replay.pk).first()
    replay.delete()
    feeds.close_feed(feed)
    feeds.notify_status(feed)


def remove_old() -> int:
    """Remove the ended replays except the newest `KEPT`; returns their number."""
    old = Replay.objects.exclude(state=Replay.State.RUNNING).order_by("-id")[KEPT:]
    names = [replay.feed_name for replay in old]
    for name in names:
        # Another process may have removed it meanwhile.
        with suppress(UnknownReplay):
            remove(name)
    return len(names)

"""Start, stop, remove a replay. Each is a row change; nothing of it touches an invoice, a total or another feed."""

from __future__ import annotations

from contextlib import suppress
from datetime import datetime
from decimal import Decimal

from django.db import connection, transaction

from replays import window
from replays.models import KIND, LARGEST_SPEED, LEAST_SPEED, Replay
from runtime.clock import ClockTimestamp
from streaming import feed as feeds

# As fast as the pacer goes: rows come when their own moment does, and what is too dense for it queues.
DISPLAY_RATE = Decimal(1000)
MOST_RUNNING = 5
KEPT = 5
STOP_PATIENCE_MS = 2500


class BadReplay(ValueError):
    """The values asked for make no replay; `field` says which."""

    def __init__(self, field: str, message: str) -> None:
        super().__init__(message)
        self.field = field


class UnknownReplay(LookupError):
    """No replay is on that feed."""

    def __init__(self, feed: str) -> None:
        super().__init__(f"There is no replay {feed[:60]!r}; GET /api/replays lists those there are.")


class TooManyReplays(RuntimeError):
    """As many as may run at once are running."""


class NotReplaying(RuntimeError):
    """The replay has ended already."""


def find(feed: str) -> Replay | None:
    """The replay that feed `feed` is of; None for any other feed."""
    kind, _, number = feed.partition("-")
    is_one = kind == KIND and number.isascii() and number.isdigit() and len(number) < 19
    return Replay.objects.filter(pk=int(number)).first() if is_one else None


def start(*, source: str, begins_at: datetime, ends_at: datetime, speed: Decimal) -> Replay:
    """Start to show the invoices of feed `source` dated from `begins_at` until before `ends_at`, `speed` times as fast.

    Raises `BadReplay`, or `TooManyReplays` while `MOST_RUNNING` run.
    """
    _check(source, begins_at, ends_at, speed)
    if Replay.objects.filter(state=Replay.State.RUNNING).count() >= MOST_RUNNING:
        raise TooManyReplays(f"{MOST_RUNNING} replays are running, as many as may; stop one first.")
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
        raise BadReplay("speed", f"{speed} is no speed from {LEAST_SPEED} to {LARGEST_SPEED}")
    if begins_at >= ends_at:
        raise BadReplay("to", f"it must be later than from, which is {begins_at.isoformat()}")
    if not window.holds_any(source, begins_at, ends_at):
        raise BadReplay("from", f"feed {source} has no invoice dated between from and to; choose another window")


def stop(feed: str) -> Replay:
    """Stop the replay on `feed`: nothing more is announced, what is queued goes on being shown.

    Raises `UnknownReplay`, or `NotReplaying` when it has ended.
    """
    replay = find(feed)
    if replay is None:
        raise UnknownReplay(feed)
    if not _stop(replay):
        raise NotReplaying(f"{feed} has ended already; start another replay.")
    replay.refresh_from_db()
    return replay


@transaction.atomic
def _stop(replay: Replay) -> bool:
    """Waits for the tick at work, whose row it needs; a frozen one loses it within a second (docs/locks.md)."""
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
    """Stop the replay on `feed`, pass over what is queued, clear the screens."""
    replay = find(feed)
    if replay is not None:
        _stop(replay)
    feeds.skip_queued(feed, clear_screens=True)


@transaction.atomic
def remove(feed: str) -> None:
    """Take a replay, running or not, and its feed out of every answer. Raises `UnknownReplay`."""
    _wait_with_patience()
    replay = find(feed)
    if replay is None:
        raise UnknownReplay(feed)
    Replay.objects.select_for_update().filter(pk=replay.pk).first()
    replay.delete()
    feeds.close_feed(feed)
    feeds.notify_status(feed)


def remove_old() -> int:
    """Remove the ended replays but the newest `KEPT`; returns how many."""
    old = Replay.objects.exclude(state=Replay.State.RUNNING).order_by("-id")[KEPT:]
    names = [replay.feed_name for replay in old]
    for name in names:
        # Somebody else may have removed it meanwhile.
        with suppress(UnknownReplay):
            remove(name)
    return len(names)

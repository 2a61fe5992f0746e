"""The planted bugs, each one a mistake that a developer has made or could make here."""

from __future__ import annotations

import os
import random
import time
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from types import SimpleNamespace
from typing import Any

from runtime import redis
from tests.system.chaos.planted import bounds, events, intake
from tests.system.chaos.planted.registry import BUGS, SQL, NotOurs, break_rules, bug, plant, uproot
from tests.system.chaos.planted.registry import SWAPPED as _SWAPPED
from tests.system.chaos.planted.registry import get as _get
from tests.system.chaos.planted.registry import swap as _swap

__all__ = ["BUGS", "SQL", "_SWAPPED", "NotOurs", "bounds", "break_rules", "events", "intake", "plant", "uproot"]

# How far the clocks of two processes may be apart in the runs that mistrust no clock, in seconds.
SKEW_SECONDS = 1.0
# Bugs that only matter in a moment are given a longer one; kill -9 finds it sooner and does nothing else.
MOMENT_SECONDS = 0.004


def _one_is_many() -> None:
    """Have single invoices take the way of many: what is replaced there is replaced for all."""
    from invoices import issue

    _swap(issue, "_issue_by_statement", lambda *_: None)
    _swap(issue, "_issue_one", issue._issue_many)


# -- issuing -----------------------------------------------------------------------------------------------------------


@bug("no-run-lock-no-unique", "DROP INDEX IF EXISTS invoice_run_ordinal_once")
def _no_run_lock_no_unique() -> None:
    """A tick assumes that it is alone, and the database does not object; the lock or the index alone suffices."""
    from invoices.generation import runs

    _swap(runs, "try_lock", lambda run: True)


@bug("stop-does-not-wait")
def _stop_does_not_wait() -> None:
    """STOP sets the state and answers, while a tick is at work."""
    from invoices.generation import runs
    from invoices.models import Run

    _swap(
        runs,
        "_set_stopped",
        lambda run: runs._end(run, from_state=Run.State.STOPPING, to_state=Run.State.STOPPED),
    )


@bug("nobody-finishes-a-stop")
def _stop_is_not_finished() -> None:
    """A STOP whose process dies in between stays a STOP in between."""
    from invoices.generation import producer, runs
    from invoices.models import Run

    original = producer.tick

    def tick() -> int:
        return 0 if Run.objects.filter(state=Run.State.STOPPING).exists() else original()

    _swap(producer, "tick", tick)
    start = runs.start

    def start_over(**asked: Any) -> Run:
        if Run.objects.filter(state__in=Run.ACTIVE).exists():
            raise runs.AlreadyRunning("A run is already running.")
        return start(**asked)

    _swap(runs, "start", start_over)


@bug("one-more-per-tick")
def _one_more_per_tick() -> None:
    """A tick issues its share instead of what is due."""
    from invoices.generation import producer

    _swap(producer, "due_count", lambda *, rate_per_second, target, elapsed: 10**9)
    _swap(producer, "tick_limit", lambda rate: max(1, int(float(rate) * 0.02)))


@bug("completed-by-the-clock")
def _completed_by_the_clock() -> None:
    """A run is over when its time is, however much it has issued."""
    from invoices.generation import producer, runs
    from runtime.clock import read_clock

    original = producer._issue_due

    def issue_due(run: Any) -> int:
        count = original(run)
        run.refresh_from_db()
        if run.state == run.State.RUNNING and read_clock() >= run.ends_at:
            runs.complete(run)
        return count

    _swap(producer, "_issue_due", issue_due)
    _swap(producer, "tick_limit", lambda rate: max(1, int(float(rate) * 0.02)))


@bug("wall-clock")
def _wall_clock() -> None:
    """What is due is calculated by each process's own clock."""
    from invoices.generation import progress

    clock, original = _own_clock(), progress.read
    _swap(progress, "read", lambda run: replace(original(run), now=clock()))


@bug("counter-in-redis")
def _counter_in_redis() -> None:
    """How many a run has issued is kept in Redis alone."""
    from invoices.generation import producer, progress, runs
    from runtime import redis

    def key(run_id: Any) -> str:
        return f"invoicedash:planted:{run_id}"

    issue = _get(producer, "issue")

    def counted(*, series_id: int, drafts: Any, run_id: int) -> Any:
        done = issue(series_id=series_id, drafts=drafts, run_id=run_id)
        redis.attempt(lambda client: client.incrby(key(run_id), len(drafts)))
        return done

    read, count = progress.read, runs.issued_count

    def counter(run: Any) -> int:
        return int(redis.attempt(lambda client: client.get(key(run.pk))) or 0)

    def issued_count(run: Any) -> int:
        is_running = run.final_count is None and run.state == run.State.RUNNING
        return counter(run) if is_running else count(run)

    _swap(producer, "issue", counted)
    _swap(progress, "read", lambda run: replace(read(run), issued_count=counter(run)))
    _swap(runs, "issued_count", issued_count)


@bug("numbers-taken-outside")
def _numbers_taken_outside() -> None:
    """Numbers are taken where no rollback gives them back, as from a sequence."""
    from django.db import connection

    from invoices import issue

    def take(series_id: int, count: int) -> Any:
        with connection.cursor() as cursor:
            # A session of its own, as a number service has.
            other = connection.copy()
            with other.cursor() as numbers:
                numbers.execute(
                    "UPDATE invoices_series SET last_ordinal = last_ordinal + %s WHERE id = %s RETURNING last_ordinal",
                    [count, series_id],
                )
                last = numbers.fetchone()[0]
            other.close()
            cursor.execute("SELECT pg_sleep(0.002)")
        series = _get(issue, "Series").objects.get(pk=series_id)
        series.last_ordinal = last
        return series

    _swap(issue, "take", take)
    _one_is_many()


@bug("announced-after-commit")
def _announced_after_commit() -> None:
    """The announcement is a transaction of its own, after that of the invoices."""
    from django.db import transaction

    from streaming import feed

    announce = feed.announce

    def later(name: str, **what: Any) -> int:
        def send() -> None:
            time.sleep(MOMENT_SECONDS)
            with transaction.atomic():
                announce(name, **what)

        transaction.on_commit(send)
        return 0

    _swap(feed, "announce", later)
    _one_is_many()


@bug("totals-after-commit", "DROP TRIGGER IF EXISTS {trigger:totals_insert} ON invoices_invoice")
def _totals_after_commit() -> None:
    """The totals are added up by the program, after the commit."""
    from django.db import connection, transaction

    from invoices.generation import producer

    issue = _get(producer, "issue")

    def issue_then_add(*, series_id: int, drafts: Any, run_id: int) -> Any:
        done = issue(series_id=series_id, drafts=drafts, run_id=run_id)

        def add() -> None:
            time.sleep(MOMENT_SECONDS)
            with connection.cursor() as cursor:
                cursor.execute(_ADD_UP, {"series": series_id, "first": done.first_ordinal, "count": done.count})

        transaction.on_commit(add)
        return done

    _swap(producer, "issue", issue_then_add)


_ADD_UP = """
INSERT INTO invoices_totals AS t (series_id, currency, invoice_count, subtotal_amount, vat_amount, total_amount)
SELECT series_id, currency, count(*), sum(subtotal), sum(vat_amount), sum(total_amount) FROM invoices_invoice
WHERE series_id = %(series)s AND ordinal >= %(first)s AND ordinal < %(first)s + %(count)s GROUP BY 1, 2
ON CONFLICT (series_id, currency) DO UPDATE SET invoice_count = t.invoice_count + excluded.invoice_count,
    subtotal_amount = t.subtotal_amount + excluded.subtotal_amount,
    vat_amount = t.vat_amount + excluded.vat_amount, total_amount = t.total_amount + excluded.total_amount,
    changed_at = clock_timestamp()
"""


@bug("commits-that-a-crash-forgets", "ALTER ROLE invoicedash SET synchronous_commit = off")
def _commits_that_a_crash_forgets() -> None:
    """Commits are answered before they are written."""


@bug("purge-forgets-the-totals", "DROP TRIGGER IF EXISTS {trigger:totals_delete} ON invoices_invoice")
def _purge_forgets_the_totals() -> None:
    """Purge deletes the invoices of the open series instead of closing it, and the totals are not changed."""
    from django.db import connection, transaction

    from invoices.generation import reset
    from streaming import feed as feeds

    @transaction.atomic
    def clear(feed: str, *, purge: bool) -> bool:
        if purge:
            with connection.cursor() as cursor:
                cursor.execute(
                    "DELETE FROM invoices_invoice USING invoices_series s"
                    " WHERE s.id = series_id AND s.feed_id = 'demo' AND s.closed_at IS NULL"
                )
        feeds.skip_queued(feed, clear_screens=True)
        return True

    _swap(reset, "_clear", clear)


@bug("any-totals-win")
def _any_totals_win() -> None:
    """Totals are put into the cache late, and the last writer wins, however old its read is."""
    import json
    import threading

    from django_redis import get_redis_connection

    from invoices import totals

    def store(found: dict[str, Any], read_ms: int) -> bool:
        key, text = totals.cache_key(found["feed"], found["currency"]), json.dumps(found)

        def put() -> None:
            redis.attempt(lambda _: get_redis_connection("default").set(key, text, px=totals.TTL_MS))

        threading.Timer(random.uniform(0, 0.05), put).start()
        return True

    _swap(totals, "_store", store)


# -- the feed ----------------------------------------------------------------------------------------------------------


@bug("early-cursor")
def _early_cursor() -> None:
    """The cursor moves in a transaction of its own, before the row is written as shown."""
    from django.db import transaction

    from streaming import pacer
    from streaming.models import Shown

    kept: list[dict[str, Any]] = []
    show = pacer._show
    create = Shown.objects.create

    def show_in_two(name: str, next_row: Any) -> Any:
        kept.clear()
        Shown.objects.create = lambda **row: kept.append(row)  # type: ignore[method-assign,assignment]
        try:
            cursor = show(name, next_row)
        finally:
            Shown.objects.create = create  # type: ignore[method-assign]
        time.sleep(MOMENT_SECONDS)
        with transaction.atomic():
            for row in kept:
                create(**row)
        return cursor

    _swap(pacer, "_show", show_in_two)


@bug("pacers-do-not-take-turns", "ALTER TABLE streaming_shown DROP CONSTRAINT IF EXISTS shown_position_once",
     "ALTER TABLE streaming_shown DROP CONSTRAINT IF EXISTS shown_seq_once")  # fmt: skip
def _pacers_do_not_take_turns() -> None:
    """The pacer reads the cursor without its lock, and nothing is unique."""
    from streaming import pacer
    from streaming.models import Cursor

    _swap(pacer, "Cursor", SimpleNamespace(objects=_Unlocking(Cursor.objects)))


class _Unlocking:
    """A manager whose `select_for_update` locks nothing."""

    def __init__(self, manager: Any) -> None:
        self._manager = manager

    def select_for_update(self, **_: Any) -> Any:
        return self._manager.all()

    def __getattr__(self, name: str) -> Any:
        return getattr(self._manager, name)


@bug("no-pace-after-a-pause")
def _no_pace_after_a_pause() -> None:
    """What a pause has delayed is made up for at once."""
    from streaming import pace

    _swap(pace, "due_at", lambda *, grid, shown_at, now, rate: min(grid, now + pace.period(rate)))
    _swap(pace, "next_grid", lambda *, grid, moment, rate: grid + pace.period(rate))


@bug("pacer-by-its-own-clock")
def _pacer_by_its_own_clock() -> None:
    """The moment of a row is read from the pacer's own clock."""
    from streaming import pacer

    _swap(pacer, "read_clock", _own_clock())


@bug("shown-before-commit")
def _shown_before_commit() -> None:
    """A row is sent to the screens while its number may still be taken back."""
    from django.db import transaction

    from streaming import pacer

    notifications = _get(pacer, "notifications")
    show = pacer._show

    def show_early(name: str, next_row: Any) -> Any:
        with transaction.atomic():
            cursor = show(name, next_row)
            if cursor is not None:
                notifications.shown(name, cursor.last_seq, next_row.row.item, cleared_seq=cursor.cleared_seq)
                time.sleep(MOMENT_SECONDS)
        return cursor

    _swap(pacer, "_show", show_early)


@bug("queue-is-trusted")
def _queue_is_trusted() -> None:
    """Whatever lies in Redis at a position is shown."""
    from streaming import queue

    _swap(queue, "_unseal", lambda member, key, position: member.partition(b" ")[2].decode(errors="replace"))


@bug("reset-does-not-clear")
def _reset_does_not_clear() -> None:
    """Reset skips the queue and forgets the screens."""
    from streaming import feed

    skip = feed.skip_queued
    _swap(feed, "skip_queued", lambda name, **_: skip(name))


@bug("skip-without-a-lock")
def _skip_without_a_lock() -> None:
    """Skip reads how far the feed is, and a moment later says where it shall be."""
    from streaming import operations
    from streaming.models import Cursor, Feed, Skip

    def skip(name: str, *, clear_screens: bool = False) -> int:
        head = Feed.objects.get(name=name).position
        cursor = Cursor.objects.get(feed_id=name)
        count = head - cursor.position
        time.sleep(MOMENT_SECONDS)
        if count:
            Skip.objects.create(feed_id=name, first_position=cursor.position + 1, last_position=head,
                                seq=cursor.last_seq, why="skip")  # fmt: skip
        cursor.position, cursor.skipped_count = head, cursor.skipped_count + count
        if clear_screens:
            cursor.cleared_seq = cursor.last_seq
        cursor.save()
        _get(operations, "notifications").status_changed(name)
        return count

    from streaming import feed

    _swap(feed, "skip_queued", skip)


# -- the screens -------------------------------------------------------------------------------------------------------


@bug("deaf-hub")
def _deaf_hub() -> None:
    """After the first trouble with Redis the hub receives nothing more, and it does not poll."""
    from streaming import hub

    _swap(hub, "POLL_SECONDS", 3600.0)


@bug("no-gap-check")
def _no_gap_check() -> None:
    """The hub shows what comes, also when something is missing before it."""
    from streaming.feedstate import FeedState

    def take_next(self: FeedState, seq: int, item: str, cleared_seq: int | None) -> bool:
        if self.last_seq is None:
            return False
        if seq > self.last_seq:
            self._show(seq, item)
        return True

    _swap(FeedState, "take_next", take_next)


@bug("no-repeat-check")
def _no_repeat_check() -> None:
    """The hub shows what comes, also when it was shown already."""
    from streaming.feedstate import FeedState

    original = FeedState.take_next

    def take_next(self: FeedState, seq: int, item: str, cleared_seq: int | None) -> bool:
        if self.last_seq is not None and seq <= self.last_seq:
            last = self.last_seq
            self._show(seq, item)
            self.last_seq = last
            return True
        return original(self, seq, item, cleared_seq)

    _swap(FeedState, "take_next", take_next)


@bug("resume-leaves-one-out")
def _resume_leaves_one_out() -> None:
    """A screen that resumes gets the new rows without the first one."""
    from streaming.feedstate import FeedState

    original = FeedState.hello

    def hello(self: FeedState, *, last_seq: int | None, epoch: str | None) -> str:
        if last_seq is not None and self.last_seq is not None and last_seq + 1 < self.last_seq:
            last_seq += 1
        return original(self, last_seq=last_seq, epoch=epoch)

    _swap(FeedState, "hello", hello)


@bug("drop-on-overflow")
def _drop_on_overflow() -> None:
    """A slow reader does not get the frames that no longer fit, and is not dropped either."""
    from streaming import framelog
    from streaming.connections import Connection

    _swap(framelog, "LOG_FRAMES", 8)

    def go_on(self: Connection) -> None:
        assert self._log is not None
        self._next = self._log.end - len(self._log.frames)
        self._is_busy = False
        self.pump()

    _swap(Connection, "drop", go_on)


@bug("status-before-its-rows")
def _status_before_its_rows() -> None:
    """The hub sends the newest status with rows that it read before."""
    from streaming import hub, snapshots

    original = snapshots.read_feed

    def read(name: str, known_seq: int | None, wants_status: bool) -> Any:
        snapshot = original(name, known_seq, False)
        if not wants_status:
            return snapshot
        time.sleep(MOMENT_SECONDS)
        return replace(snapshot, status=_get(snapshots, "registry").read_status(name))

    _swap(hub, "read_feed", read)


@bug("totals-go-back")
def _totals_go_back() -> None:
    """A hub takes its totals from a cache that may be older than what it sent before."""
    from dataclasses import replace

    from invoices import totals
    from streaming import kinds, snapshots

    kept: dict[str, Any] = {}

    def read(feed: str, currency: str | None = None) -> dict[str, Any]:
        fresh = totals.refresh(feed)
        old, kept["totals"] = kept.get("totals", fresh), fresh
        return old if random.random() < 0.2 else fresh

    _swap(snapshots, "kind_of", lambda name: replace(kinds.kind_of(name), refresh_totals=read))


def _own_clock() -> Callable[[], datetime]:
    """A clock of this process's own: right in no process, and wrong in each by another amount."""
    skews: dict[int, timedelta] = {}

    def read() -> datetime:
        from datetime import UTC

        pid = os.getpid()
        if pid not in skews:
            skews[pid] = timedelta(seconds=random.uniform(-SKEW_SECONDS, SKEW_SECONDS))
        return datetime.now(UTC) + skews[pid]

    return read

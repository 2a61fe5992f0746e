"""Checks whether the run, the feeds and the queues progress, compared with the previous check."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from datetime import datetime
from typing import NamedTuple

from analytics.facts.lag import read_lag
from dashboard.conditions.stall import Drain, Shrinking, Stall
from dashboard.queues import count_messages
from invoices.generation import runs
from invoices.generation.due import due_count
from invoices.models import Run
from jobs.waiting import read_queues
from runtime import broker
from runtime.clock import read_clock
from runtime.conditions import FEED_STALLED, FIGURES_BEHIND, QUEUE_GROWING, RUN_STALLED
from streaming import feed as feeds

STALLED_SECONDS = 5.0
QUEUE_SECONDS = 10.0
# Jobs of the quick queue take seconds, because users wait for them.
QUICK_SECONDS = 60.0
# Twice what is promised of each group of figures (I12).
FIGURES_SECONDS = {"live": 10.0, "minute": 120.0}


class Finding(NamedTuple):
    """A condition that this check found."""

    name: str
    subject: str
    sentence: str


class Work:
    """Compares with the previous check. `now` is in monotonic seconds."""

    def __init__(self) -> None:
        self._stalls: defaultdict[str, Stall] = defaultdict(Stall)
        self._drains: defaultdict[str, Drain] = defaultdict(Drain)
        self._shrinking: defaultdict[str, Shrinking] = defaultdict(Shrinking)

    def look(self, now: float) -> list[Finding]:
        """Find what has stopped; raises `DatabaseError`."""
        return [*self._run(now), *self._feeds(now), *self._job_queues(now), *self._figures(now), *self._celery(now)]

    def _run(self, now: float) -> Iterator[Finding]:
        run = runs.latest()
        if run is None or run.state not in Run.ACTIVE:
            return
        issued = runs.issued_count(run)
        owed = _due_count(run, read_clock()) - issued
        is_stopping = run.state == Run.State.STOPPING
        stall = self._stalls["run"]
        seconds = stall.look((run.pk, run.state, issued), should_move=is_stopping or owed > 0, now=now)
        if seconds >= STALLED_SECONDS:
            what = "should stop and has not" if is_stopping else f"owes {owed:,} invoices and has issued none"
            remedy = "look at worker, beat, Redis and PostgreSQL"
            yield Finding(RUN_STALLED, f"run {run.pk}", f"Run {run.pk} {what} for {seconds:.0f} s; {remedy}.")

    def _feeds(self, now: float) -> Iterator[Finding]:
        """Of the feeds that have queued rows; what was known of a feed is forgotten when its queue is empty."""
        queued = {display.feed: display for display in feeds.queued_displays()}
        for name in self._drains.keys() - queued.keys():
            del self._drains[name], self._stalls[f"feed/{name}"]
        for display in queued.values():
            yield from self._feed(display, now)

    def _feed(self, display: feeds.Display, now: float) -> Iterator[Finding]:
        name, rate = display.feed, float(display.rate_per_second)
        stall = self._stalls[f"feed/{name}"]
        seconds = stall.look(display.position, should_move=display.queued_count > 0, now=now)
        drain = self._drains[name]
        shown = drain.look(announced=display.announced_count, passed=display.position, rate=rate, now=now)
        queued = f"{display.queued_count:,} rows of {name} are queued"
        if seconds >= max(STALLED_SECONDS, 2 / rate):
            yield Finding(
                FEED_STALLED, name, f"{queued} and none was shown for {seconds:.0f} s; look at pacer and PostgreSQL."
            )
        elif shown is not None and display.mode == feeds.Mode.EVERY:
            sentence = f"{queued}; {shown:.1f} a second are shown instead of {rate:g}, so the queue does not drain."
            yield Finding(QUEUE_GROWING, f"feed/{name}", sentence)

    def _job_queues(self, now: float) -> Iterator[Finding]:
        for queue in read_queues():
            subject = f"jobs/{queue.name}"
            waits = queue.waiting_count > 0 and not queue.is_worked
            seconds = self._stalls[subject].look(queue.is_worked, should_move=waits, now=now)
            is_late = queue.name == "quick" and queue.oldest_seconds >= QUICK_SECONDS
            if seconds >= QUEUE_SECONDS or is_late:
                sentence = (
                    f"{queue.waiting_count:,} jobs wait in the queue {queue.name}, the oldest for"
                    f" {queue.oldest_seconds:.0f} s; look at the process jobs and its log."
                )
                yield Finding(QUEUE_GROWING, subject, sentence)

    def _figures(self, now: float) -> Iterator[Finding]:
        for lag in read_lag():
            seconds = self._stalls[f"figures/{lag.group}"].look(lag.folded, should_move=lag.waiting > 0, now=now)
            if seconds >= FIGURES_SECONDS[lag.group]:
                what = f"{lag.waiting:,} documents are not in the figures ({lag.group})"
                sentence = f"{what} and none was folded for {seconds:.0f} s; look at the process loops and its log."
                yield Finding(FIGURES_BEHIND, lag.group, sentence)

    def _celery(self, now: float) -> Iterator[Finding]:
        for name in broker.QUEUES:
            subject = f"celery/{name}"
            count = count_messages(name)
            if count is None:
                continue
            steps = self._shrinking[subject].look(count)
            seconds = self._stalls[subject].look(steps, should_move=count > 0, now=now)
            if seconds >= QUEUE_SECONDS:
                reader = "jobs" if name == "jobs" else "worker"
                sentence = f"{count:,} messages wait in Celery's queue {name} and none is processed; look at {reader}."
                yield Finding(QUEUE_GROWING, subject, sentence)


def _due_count(run: Run, now: datetime) -> int:
    return due_count(rate_per_second=run.rate_per_second, target=run.target_count, elapsed=now - run.started_at)

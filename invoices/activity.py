"""Runs and purges, as entries of the activity list."""

from __future__ import annotations

from collections.abc import Iterator

from invoices.generation import runs
from invoices.models import Run, Series
from runtime.activity import Activity, ActivityReader
from runtime.formats import number


def read_activity(limit: int) -> Iterator[Activity]:
    yield from _runs(limit)
    yield from _purges(limit)


def _runs(limit: int) -> Iterator[Activity]:
    for run in Run.objects.order_by("-id")[:limit]:
        rate, seconds = number(run.rate_per_second), run.duration_seconds
        yield Activity(run.started_at, "run", f"Run {run.pk} started: {rate} a second for {seconds} seconds")
        if run.stopped_at:
            count = f"{runs.issued_count(run):,} of {run.target_count:,} issued"
            yield Activity(run.stopped_at, "run", f"Run {run.pk} {run.state}: {count}")


def _purges(limit: int) -> Iterator[Activity]:
    for series in Series.objects.exclude(closed_at=None).order_by("-id")[:limit]:
        assert series.closed_at
        text = f"Purge: series {series.prefix} closed after {series.last_ordinal:,} invoices"
        yield Activity(series.closed_at, "purge", text)


ACTIVITY = ActivityReader(kinds=("run", "purge"), read=read_activity)

"""What happened of late, told from the rows that it left: runs, replays, skips, purges and starts of processes."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from heapq import nlargest
from typing import NamedTuple

from dashboard.status import number
from invoices.generation import runs
from invoices.models import Run, Series
from replays.models import Replay
from runtime import heartbeats
from runtime.formats import iso
from streaming.models import Skip


class Happening(NamedTuple):
    """One of them, in words."""

    at: datetime
    kind: str
    text: str


def read_happenings(limit: int) -> list[dict[str, str]]:
    """The `limit` newest, newest first."""
    found = (*_runs(limit), *_replays(limit), *_skips(limit), *_purges(limit), *_starts())
    return [{"at": iso(each.at), "kind": each.kind, "text": each.text} for each in nlargest(limit, found)]


def _runs(limit: int) -> Iterator[Happening]:
    for run in Run.objects.order_by("-id")[:limit]:
        rate, seconds = number(run.rate_per_second), run.duration_seconds
        yield Happening(run.started_at, "run", f"Run {run.pk} started: {rate} a second for {seconds} seconds")
        if run.stopped_at:
            count = f"{runs.issued_count(run):,} of {run.target_count:,} issued"
            yield Happening(run.stopped_at, "run", f"Run {run.pk} {run.state}: {count}")


def _replays(limit: int) -> Iterator[Happening]:
    for replay in Replay.objects.order_by("-id")[:limit]:
        window = f"{replay.source_id} from {replay.begins_at:%Y-%m-%d %H:%M} to {replay.ends_at:%Y-%m-%d %H:%M}"
        name = f"Replay {replay.pk}"
        yield Happening(replay.started_at, "replay", f"{name} of {window} started at {number(replay.speed)}x")
        if replay.ended_at:
            yield Happening(replay.ended_at, "replay", f"{name} {replay.state}")


def _skips(limit: int) -> Iterator[Happening]:
    """Those of an operator; in the mode `latest` the pacer skips at every step."""
    why = {Skip.Why.RESET.value: "by a reset", Skip.Why.SKIP.value: "by hand"}
    for skip in Skip.objects.filter(why__in=why).order_by("-id")[:limit]:
        count = skip.last_position - skip.first_position + 1
        yield Happening(skip.at, "skip", f"{count:,} queued on {skip.feed_id} were skipped {why[skip.why]}")


def _purges(limit: int) -> Iterator[Happening]:
    for series in Series.objects.exclude(closed_at=None).order_by("-id")[:limit]:
        assert series.closed_at
        text = f"Purge: series {series.prefix} closed after {series.last_ordinal:,} invoices"
        yield Happening(series.closed_at, "purge", text)


def _starts() -> Iterator[Happening]:
    for beat in heartbeats.read():
        yield Happening(beat["started_at"], "process", f"{beat['name']} started as process {beat['pid']}")

"""The status of a feed (CONTRACT: Status): its run, its display, the processes and services behind it."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from dashboard import processes
from dashboard.replays import read_replay
from invoices.generation import runs
from invoices.models import Run
from runtime import redis
from runtime.formats import iso
from streaming import feed as feeds


def read_status(feed: str) -> dict[str, Any]:
    """What `feed` is doing, from PostgreSQL. Generated feeds have runs, replays their window."""
    run = runs.latest() if feed == "demo" else None
    replay = read_replay(feed)
    display = feeds.display(feed)
    is_replaying = replay is not None and replay["state"] == "running"
    return {
        "feed": feed,
        "state": "running" if is_replaying else state_of(run, display.queued_count),
        "run": None if run is None else _present_run(run),
        "replay": replay,
        "display": {
            "mode": display.mode,
            "rate_per_second": number(display.rate_per_second),
            "backlog": display.queued_count,
            "announced_count": display.announced_count,
            "shown_count": display.last_seq,
            "skipped_count": display.skipped_count,
            "last_seq": display.last_seq,
            "drain_eta_seconds": display.drain_eta_seconds,
        },
        "processes": processes.read(),
        "services": {"postgres": "up", "redis": "up" if redis.is_up() else "down"},
    }


def state_of(run: Run | None, queued_count: int) -> str:
    """The one word for a feed: running and stopping while a run is active, then draining until nothing is queued."""
    if run is not None and run.state in Run.ACTIVE:
        return str(run.state)
    return "draining" if queued_count else "idle"


def number(value: Decimal) -> int | float:
    """A rate as JSON has it: 5 rather than 5.0."""
    return int(value) if value == value.to_integral_value() else float(value)


def _present_run(run: Run) -> dict[str, Any]:
    return {
        "id": run.pk,
        "state": str(run.state),
        "rate_per_second": number(run.rate_per_second),
        "duration_seconds": run.duration_seconds,
        "seed": run.seed,
        "target_count": run.target_count,
        "issued_count": runs.issued_count(run),
        "started_at": iso(run.started_at),
        "stopped_at": run.stopped_at and iso(run.stopped_at),
        "ends_at": iso(run.ends_at),
    }

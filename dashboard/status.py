"""The status of a feed (CONTRACT: Status): its run, its display, the processes and services behind it."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from dashboard import processes
from dashboard.conditions.collect import read_conditions
from dashboard.replays import read_replay
from invoices.generation import runs
from invoices.models import Run
from runtime import heartbeats, redis
from runtime.formats import iso
from streaming import feed as feeds


def read_status(feed: str) -> dict[str, Any]:
    """What `feed` is doing, from PostgreSQL. Generated feeds have runs, replays their window."""
    run, issued_count = (runs.latest_issued() if feed == "demo" else None) or (None, 0)
    replay = read_replay(feed)
    display = feeds.display(feed)
    beats = heartbeats.read()
    is_replaying = replay is not None and replay["state"] == "running"
    return {
        "feed": feed,
        "state": "running" if is_replaying else state_of(run, display.queued_count),
        "run": None if run is None else _present_run(run, issued_count),
        "replay": replay,
        "display": {
            "mode": display.mode,
            "rate_per_second": number(display.rate_per_second),
            "backlog": display.queued_count,
            "announced_count": display.announced_count,
            "shown_count": display.last_seq,
            "skipped_count": display.skipped_count,
            "last_seq": display.last_seq,
            "drain_eta_seconds": feeds.drain_eta_seconds(display),
        },
        "processes": processes.present_processes(beats),
        "services": {"postgres": "up", "redis": "up" if redis.is_up() else "down"},
        "conditions": read_conditions(beats),
    }


def state_of(run: Run | None, queued_count: int) -> str:
    """The one word for a feed: running and stopping while a run is active, then draining until nothing is queued."""
    if run is not None and run.state in Run.ACTIVE:
        return str(run.state)
    return "draining" if queued_count else "idle"


def number(value: Decimal) -> int | float:
    """A rate as JSON has it: 5 rather than 5.0."""
    return int(value) if value == value.to_integral_value() else float(value)


def _present_run(run: Run, issued_count: int) -> dict[str, Any]:
    return {
        "id": run.pk,
        "state": str(run.state),
        "rate_per_second": number(run.rate_per_second),
        "duration_seconds": run.duration_seconds,
        "seed": run.seed,
        "target_count": run.target_count,
        "issued_count": issued_count,
        "started_at": iso(run.started_at),
        "stopped_at": run.stopped_at and iso(run.stopped_at),
        "ends_at": iso(run.ends_at),
    }

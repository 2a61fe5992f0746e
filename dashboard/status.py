"""The status of a feed (CONTRACT: Status): its source, its display, the processes and services behind it."""

from __future__ import annotations

from typing import Any

from dashboard import processes
from dashboard.conditions.collect import read_conditions
from dashboard.store_status import read_store_status
from runtime import heartbeats, redis
from runtime.formats import number
from streaming import feed as feeds


def read_status(feed: str) -> dict[str, Any]:
    """The status of `feed` from PostgreSQL. Generated feeds have runs, replays have their window."""
    source = feeds.kind_of(feed).read_source(feed)
    display = feeds.display(feed)
    beats = heartbeats.read()
    return {
        "feed": feed,
        "state": source.word(display.queued_count),
        "run": None,
        "replay": None,
        **source.details,
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
        "store": read_store_status(feed),
    }

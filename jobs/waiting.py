"""The state of each queue: how long its jobs have waited, and whether a process works on it."""

from __future__ import annotations

from dataclasses import dataclass

from django.db import connection

from jobs.needed import LOST_SECONDS

_LANES = """
SELECT lane, count(*) FILTER (WHERE state = 'queued'),
    coalesce(extract(epoch FROM clock_timestamp() - min(created_at) FILTER (WHERE state = 'queued')), 0)::float,
    bool_or(state = 'running' AND heartbeat_at > clock_timestamp() - %s * interval '1 second')
FROM jobs_job WHERE state IN ('queued', 'running') GROUP BY lane ORDER BY lane
"""


@dataclass(frozen=True)
class WaitingQueue:
    """A queue with open jobs."""

    name: str
    waiting_count: int
    oldest_seconds: float
    is_worked: bool


def read_queues() -> list[WaitingQueue]:
    """The queues with open jobs, by name."""
    with connection.cursor() as cursor:
        cursor.execute(_LANES, [LOST_SECONDS])
        return [WaitingQueue(*row) for row in cursor.fetchall()]

"""Checks PostgreSQL's lock waits and the free space on the disk of the data directory."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

from django.db import connection

from dashboard.conditions.work import Finding
from runtime.conditions import DATABASE_BUSY, DISK_FULL

LOCKED, SLOW = "locked", "busy"
# The product's own transactions take a fraction of this.
HELD_SECONDS = 2.0
SLOW_SECONDS = 1.0
# Two segments of PostgreSQL's log: without space for one, PostgreSQL stops.
LEAST_BYTES = 32 * 1024 * 1024

_BLOCKED = """
SELECT count(DISTINCT w.pid), extract(epoch FROM clock_timestamp() - min(b.xact_start))::float,
    (array_agg(b.pid ORDER BY b.xact_start))[1], (array_agg(b.application_name ORDER BY b.xact_start))[1]
FROM pg_stat_activity w CROSS JOIN LATERAL unnest(pg_blocking_pids(w.pid)) AS blocking(pid)
JOIN pg_stat_activity b ON b.pid = blocking.pid
WHERE w.datname = current_database() AND w.wait_event_type = 'Lock'
AND (b.xact_start IS NULL OR b.xact_start < clock_timestamp() - %s * interval '1 second')
"""


def check_locks() -> Iterator[Finding]:
    """Find queries that wait for a long transaction; raises `DatabaseError`."""
    with connection.cursor() as cursor:
        cursor.execute(_BLOCKED, [HELD_SECONDS])
        count, seconds, pid, application = cursor.fetchone()
    if count:
        age = f", which began {seconds:.0f} s ago" if seconds is not None else ""
        sentence = (
            f"{count} queries wait for locks of {application or 'another program'} (PostgreSQL process {pid}{age});"
            " they continue when its transaction ends."
        )
        yield Finding(DATABASE_BUSY, LOCKED, sentence)


def check_speed(seconds: float) -> Iterator[Finding]:
    """Find whether the simplest query, which took `seconds`, was slow."""
    if seconds >= SLOW_SECONDS:
        sentence = f"PostgreSQL took {seconds:.1f} s for the simplest query; the processor or the disk is overloaded."
        yield Finding(DATABASE_BUSY, SLOW, sentence)


def check_disk(directory: Path) -> Iterator[Finding]:
    """Find whether the file system of `directory` has less than `LEAST_BYTES` free."""
    try:
        found = os.statvfs(directory)
    except OSError:
        return
    free = found.f_bavail * found.f_frsize
    if free < LEAST_BYTES:
        sentence = (
            f"The disk of {directory} is full ({free // 1024**2} MB free); free at least {LEAST_BYTES // 1024**2} MB."
            " Then all processes resume by themselves."
        )
        yield Finding(DISK_FULL, "data directory", sentence)

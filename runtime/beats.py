"""The heartbeat of a process: its database row, its period, and the report it carries. Imports no framework."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path

from runtime import conditions, loops

BEAT_SECONDS = 2.0
MEMORY_EVERY = 5
# A write may wait for a PostgreSQL that was suspended and resumes later. A process that cannot write for longer than
# this needs a restart.
WITHIN_SECONDS = 60.0

# The commit does not wait for the disk and makes no other commit wait. After a crash of the server, every process
# writes a new heartbeat.
WRITE = """
INSERT INTO streaming_heartbeat
    (name, pid, started_at, beat_at, query_count, query_seconds, memory_bytes, counters)
SELECT %(name)s, %(pid)s, %(started_at)s::timestamptz, clock_timestamp(), %(count)s, %(seconds)s, %(memory)s, %(counters)s
FROM set_config('synchronous_commit', 'off', true)
ON CONFLICT (name) DO UPDATE SET
    started_at = %(started_at)s,
    pid = %(pid)s, beat_at = clock_timestamp(), query_count = %(count)s, query_seconds = %(seconds)s,
    memory_bytes = %(memory)s, counters = %(counters)s
"""


def memory_bytes() -> int:
    """The proportional share of memory (PSS) of this process in bytes; 0 where the system does not report it."""
    try:
        lines = Path("/proc/self/smaps_rollup").read_text().splitlines()
    except OSError:
        return 0
    return sum(int(line.split()[1]) * 1024 for line in lines if line.startswith("Pss:"))


def report(counters: Mapping[str, int]) -> str:
    """The JSON of the row: the process's counters, its loops and the conditions it has found."""
    found = {
        "loops": [loop.as_json() for loop in loops.read_loops()],
        "conditions": [condition.as_json() for condition in conditions.current()],
    }
    return json.dumps({**counters, **found})

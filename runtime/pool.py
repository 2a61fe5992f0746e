"""The pool of database connections of the web process: its usage, and whether requests wait for a connection.

The condition `pool-full` holds while all connections are in use, requests wait for one, and PostgreSQL answers.
"""

from __future__ import annotations

from dataclasses import dataclass

from django.db import connection

from runtime.conditions import POOL_FULL, clear_condition, raise_condition
from runtime.database import is_unreachable
from runtime.loops import process_name
from runtime.repeat import repeat

# The check runs this often; its loop counts as stopped when a check takes longer than the second number.
CHECK_SECONDS = 1.0
WITHIN_SECONDS = 30.0


@dataclass(frozen=True, kw_only=True)
class PoolState:
    """The usage of the pool: `used` of at most `most` connections are in use, `waiting` requests wait for a connection,
    `failed_count` requests waited until their time-out.
    """

    used: int
    most: int
    waiting: int
    failed_count: int


def read_pool() -> PoolState | None:
    """The state of the pool of this process; None in a process without a pool."""
    pool = getattr(connection, "pool", None)
    if pool is None:
        return None
    stats = pool.get_stats()
    return PoolState(
        used=stats["pool_size"] - stats["pool_available"],
        most=stats["pool_max"],
        waiting=stats["requests_waiting"],
        failed_count=stats.get("requests_errors", 0),
    )


class PoolWatch:
    """Raises and clears the condition `pool-full`. Requests that timed out between two checks count as waiting."""

    def __init__(self) -> None:
        self._failed_count = 0

    def look(self, pool: PoolState | None) -> None:
        """Check one state of the pool; None (no pool) changes nothing."""
        if pool is None:
            return
        do_requests_wait = pool.waiting > 0 or pool.failed_count > self._failed_count
        self._failed_count = pool.failed_count
        is_full = pool.used >= pool.most and not is_unreachable()
        if do_requests_wait and is_full:
            sentence = f"All {pool.most} database connections of {process_name()} are in use and requests wait for one."
            raise_condition(POOL_FULL, process_name(), sentence)
        else:
            clear_condition(POOL_FULL, process_name())


def watch_pool() -> None:
    """Start to check the pool of this process periodically."""
    watch = PoolWatch()
    repeat("pool", lambda: watch.look(read_pool()), every_seconds=CHECK_SECONDS, within_seconds=WITHIN_SECONDS)

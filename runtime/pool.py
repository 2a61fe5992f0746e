"""The pool of database connections of the web process: how much of it is in use, and whether requests wait for it.

The condition `pool-full` holds while all connections are in use and requests wait for one, and PostgreSQL answers.
"""

from __future__ import annotations

from dataclasses import dataclass

from django.db import connection

from runtime.conditions import POOL_FULL, clear_condition, raise_condition
from runtime.database import is_silent
from runtime.loops import process_name
from runtime.repeat import repeat

LOOK_SECONDS = 1.0
WITHIN_SECONDS = 30.0


@dataclass(frozen=True, kw_only=True)
class PoolState:
    """`used` of at most `most` connections are in use; `waiting` requests wait for one, `failed_count` waited in vain."""

    used: int
    most: int
    waiting: int
    failed_count: int


def read_pool() -> PoolState | None:
    """The state of this process's pool; None in a process without one."""
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
    """Raises and clears the condition; requests that waited in vain between two looks count as waiting."""

    def __init__(self) -> None:
        self._failed_count = 0

    def look(self, pool: PoolState | None) -> None:
        if pool is None:
            return
        is_wanted = pool.waiting > 0 or pool.failed_count > self._failed_count
        self._failed_count = pool.failed_count
        is_full = pool.used >= pool.most and not is_silent()
        if is_wanted and is_full:
            sentence = f"All {pool.most} database connections of {process_name()} are in use and requests wait for one."
            raise_condition(POOL_FULL, process_name(), sentence)
        else:
            clear_condition(POOL_FULL, process_name())


def watch_pool() -> None:
    """Look at the pool of this process from now on."""
    watch = PoolWatch()
    repeat("pool", lambda: watch.look(read_pool()), every_seconds=LOOK_SECONDS, within_seconds=WITHIN_SECONDS)

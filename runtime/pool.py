"""The pool of database connections of the web process: how much of it is in use, and whether requests wait for it."""

from __future__ import annotations

from dataclasses import dataclass

from django.db import connection


@dataclass(frozen=True, kw_only=True)
class PoolState:
    """`used` of at most `most` connections are in use; `waiting` requests wait for one."""

    used: int
    most: int
    waiting: int


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
    )

"""Database access for code on an event loop: a bounded number of threads, so that a slow query blocks no socket."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

from django.db import InterfaceError, OperationalError, connection

T = TypeVar("T")


class DatabaseThreads:
    """A few threads, each with a database connection of its own that is opened again after a failure."""

    def __init__(self, size: int, name: str) -> None:
        self._pool = ThreadPoolExecutor(size, thread_name_prefix=name)

    async def run(self, call: Callable[..., T], *arguments: object) -> T:
        """Return what `call(*arguments)` returns in one of the threads; raises what it raises."""
        return await asyncio.get_running_loop().run_in_executor(self._pool, _run, call, arguments)


def _run(call: Callable[..., T], arguments: tuple[object, ...]) -> T:
    try:
        return call(*arguments)
    except (OperationalError, InterfaceError):
        connection.close()
        raise

"""Several at once: real threads, each with a database connection of its own."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

from django.db import connection

from tests.waiting import HANG_SECONDS

T = TypeVar("T")


def at_once(calls: Iterable[Callable[[], T]]) -> list[T | BaseException]:
    """Make all calls at the same moment; returns what each returned or raised."""
    waiting = list(calls)
    barrier = threading.Barrier(len(waiting))

    def make(call: Callable[[], T]) -> T | BaseException:
        try:
            connection.ensure_connection()
            barrier.wait(HANG_SECONDS)
            return call()
        except Exception as error:
            return error
        finally:
            connection.close()

    with ThreadPoolExecutor(len(waiting)) as pool:
        return list(pool.map(make, waiting, timeout=HANG_SECONDS))

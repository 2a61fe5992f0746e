"""Bugs in what keeps the product within its bounds and makes it say what is wrong: for the set `bounds` to find."""

from __future__ import annotations

from typing import Any

from tests.system.chaos.planted.registry import bug, swap

NAMES = ("health-only-answers", "pool-leaks", "watchdog-removed")


@bug("watchdog-removed")
def _watchdog_removed() -> None:
    """A timer of the event loop ends with the first error of one connection, and nothing looks whether it goes on."""
    from asyncio import get_running_loop

    from runtime import daphne_checks, loops, timer

    def fail(protocol: Any, error: BaseException, *, is_gone: bool) -> None:
        raise error

    def run(self: timer.Timer) -> None:
        self._next = get_running_loop().call_later(self._turn(), self._run)

    swap(daphne_checks, "_end_with_error", fail)
    swap(timer.Timer, "_run", run)
    swap(loops._Watched, "look", lambda self, now: None)


@bug("pool-leaks")
def _pool_leaks() -> None:
    """A request that passes the answer limit is cancelled, and its connection never returns to the pool."""
    from django.core.handlers.asgi import ASGIHandler

    from runtime import handler, limits

    def cancel(task: Any, *_: object) -> None:
        task.cancel()

    swap(limits, "_give_up", cancel)
    swap(handler.Handler, "handle", ASGIHandler.handle)


@bug("health-only-answers")
def _health_only_answers() -> None:
    """No condition is ever found: the probe says whether the servers answer, and nothing about progress."""
    from runtime import conditions

    class Never(dict[tuple[str, str], conditions.Condition]):
        def __setitem__(self, key: tuple[str, str], found: conditions.Condition) -> None:
            return

    swap(conditions, "_current", Never())

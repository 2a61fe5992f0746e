"""Daphne checks all its connections within two seconds, and never many at once. In virtual time."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from typing import TypeVar

import pytest

from runtime.daphne_server import CHECK_SECONDS, DrainingServer

Result = TypeVar("Result")


class VirtualTime(asyncio.SelectorEventLoop):
    """An event loop whose clock stands still while anything runs, and jumps to the next timer when nothing does."""

    _now = 0.0

    def time(self) -> float:
        return self._now

    def _run_once(self) -> None:
        if not self._ready and self._scheduled:  # type: ignore[attr-defined]
            self._now = max(self._now, self._scheduled[0].when())  # type: ignore[attr-defined]
        super()._run_once()  # type: ignore[misc]


def run(work: Coroutine[None, None, Result]) -> Result:
    with asyncio.Runner(loop_factory=VirtualTime) as runner:
        return runner.run(work)


class Protocol:
    """A connection that writes down when it was looked at."""

    def __init__(self, looks: list[tuple[float, Protocol]]) -> None:
        self._looks = looks

    def check_timeouts(self) -> None:
        self._looks.append((asyncio.get_running_loop().time(), self))


async def looks_at(count: int, seconds: float) -> list[tuple[float, Protocol]]:
    looks: list[tuple[float, Protocol]] = []
    server = DrainingServer(application=None, endpoints=["none"])
    server.connections = {Protocol(looks): {} for _ in range(count)}
    server.timeout_checker()
    await asyncio.sleep(seconds)
    server.stop_checks()
    return looks


@pytest.mark.parametrize("count", [1, 19, 1000])
def test_each_is_looked_at_every_two_seconds_and_never_many_at_once(count: int) -> None:
    looks = run(looks_at(count, 1.5 * CHECK_SECONDS))
    assert len({protocol for _, protocol in looks[:count]}) == count
    assert looks[count - 1][0] - looks[0][0] <= CHECK_SECONDS
    at_once = max(sum(at <= other < at + 0.01 for other, _ in looks) for at, _ in looks[:: max(1, count // 50)])
    assert at_once <= max(1, count // 10)


def test_a_socket_that_closed_meanwhile_is_not_checked() -> None:
    async def looks_after_the_end() -> int:
        looks: list[tuple[float, Protocol]] = []
        server = DrainingServer(application=None, endpoints=["none"])
        server.connections = {Protocol(looks): {} for _ in range(40)}
        server.timeout_checker()
        before = len(looks)
        server.connections.clear()
        await asyncio.sleep(CHECK_SECONDS)
        server.stop_checks()
        return len(looks) - before

    assert run(looks_after_the_end()) == 0

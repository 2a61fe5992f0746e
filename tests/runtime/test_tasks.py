"""Watched tasks: an error or a hang ends the task, and another one is started."""

from __future__ import annotations

import asyncio
import math
from collections.abc import Callable

import pytest

from runtime.loops import Loop, read_loops
from runtime.tasks import WatchedTask
from tests.waiting import HANG_SECONDS


async def until(is_so: Callable[[], object]) -> None:
    async with asyncio.timeout(HANG_SECONDS):
        while not is_so():
            await asyncio.sleep(0.01)


def names() -> list[str]:
    return [loop.name for loop in read_loops()]


async def test_task_that_an_error_ended_is_started_again() -> None:
    starts: list[Loop] = []

    async def run(loop: Loop) -> None:
        starts.append(loop)
        if len(starts) == 1:
            raise ZeroDivisionError
        await asyncio.Event().wait()

    kept = WatchedTask("failing", run, within_seconds=math.inf)
    await until(lambda: len(starts) == 2)
    assert not kept.done()
    kept.cancel()
    await until(kept.done)
    assert "failing" not in names()


async def test_task_that_hangs_is_cancelled_and_started_again() -> None:
    ends: list[str] = []

    async def run(loop: Loop) -> None:
        try:
            await asyncio.Event().wait()
        except asyncio.CancelledError:
            ends.append("cancelled")
            raise

    kept = WatchedTask("hanging", run, within_seconds=0.1)
    await until(lambda: ends)
    assert not kept.done()
    kept.cancel()
    await until(kept.done)


@pytest.mark.parametrize("turns", [0, 3])
async def test_task_that_returns_is_not_started_again(turns: int) -> None:
    async def run(loop: Loop) -> None:
        for _ in range(turns):
            loop.progress()

    kept = WatchedTask("ending", run, within_seconds=math.inf)
    await until(kept.done)
    assert "ending" not in names()


def test_cancelled_task_that_an_error_had_ended_is_not_started_again() -> None:
    async def run(loop: Loop) -> None:
        raise ZeroDivisionError

    async def check() -> None:
        kept = WatchedTask("broken", run, within_seconds=math.inf)
        await until(kept.done)
        kept.cancel()
        assert "broken" not in names()

    asyncio.run(check())

"""A timer continues after an error and after a turn that never came; a process whose event loop blocks is ended."""

from __future__ import annotations

import asyncio
import os
import subprocess
import sys
from collections.abc import Callable

import pytest

from runtime.environment import BASE_DIR
from runtime.loops import EXIT_CODE
from runtime.timer import Timer
from tests.waiting import HANG_SECONDS

# A program whose event loop blocks immediately.
BLOCKED_PROGRAM = """
import asyncio, time
from runtime import event_loop
event_loop.WITHIN_SECONDS = 0.5
async def main():
    event_loop.watch_event_loop()
    time.sleep(600)
asyncio.run(main())
"""


async def test_after_an_error_a_timer_goes_on_with_the_next_turn(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("runtime.timer.RETRY_SECONDS", 0.01)
    turns: list[int] = []

    def turn() -> float:
        turns.append(len(turns))
        if len(turns) == 1:
            raise RuntimeError("one connection")
        return 0.01

    await run(Timer("failing", turn), lambda: len(turns) > 3)


async def test_a_timer_whose_next_turn_is_lost_is_started_again(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("runtime.timer.WITHIN_SECONDS", 0.5)
    turns: list[int] = []

    def turn() -> float:
        turns.append(len(turns))
        # The next turn comes after an hour, or when the watch of the timer finds that it is missing.
        return 3600.0

    await run(Timer("lost", turn), lambda: len(turns) > 1)


def test_a_process_whose_event_loop_blocks_ends_with_the_exit_code() -> None:
    environment = os.environ | {"INVOICEDASH_PROCESS": "web"}
    command = [sys.executable, "-c", BLOCKED_PROGRAM]
    ran = subprocess.run(command, cwd=BASE_DIR, env=environment, capture_output=True, timeout=HANG_SECONDS)
    assert ran.returncode == EXIT_CODE
    assert b"event-loop" in ran.stderr


async def run(timer: Timer, condition: Callable[[], bool]) -> None:
    """Run `timer` until `condition` is true."""
    timer.start()
    async with asyncio.timeout(HANG_SECONDS):
        while not condition():
            await asyncio.sleep(0.01)
    timer.stop()

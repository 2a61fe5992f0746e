"""The watch over loops: a loop that stops is reported and restarted, or its process ends."""

from __future__ import annotations

import asyncio
import os
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator

import pytest

from runtime import conditions, loops
from runtime.loops import Loop, watch
from tests.waiting import HANG_SECONDS

SOON, LONG = 0.2, 3600.0


@pytest.fixture
def watched() -> Iterator[Callable[..., Loop]]:
    """Watches loops, and closes those of the test at its end."""
    made: list[Loop] = []

    def begin(name: str, within_seconds: float, restart: Callable[[], None] | None = None) -> Loop:
        made.append(watch(name, within_seconds=within_seconds, restart=restart))
        return made[-1]

    yield begin
    for loop in made:
        loop.close()


def wait_for(is_so: Callable[[], object]) -> None:
    deadline = time.monotonic() + HANG_SECONDS
    while not is_so():
        assert time.monotonic() < deadline
        time.sleep(0.01)


def sentences(name: str) -> list[str]:
    return [each.sentence for each in conditions.current() if each.subject.endswith(f"/{name}")]


def test_loop_without_a_turn_in_its_period_is_shown_until_it_goes_on(watched: Callable[..., Loop]) -> None:
    loop = watched("silent", SOON)
    wait_for(lambda: sentences("silent"))
    assert "made no turn in 0.2 s" in sentences("silent")[0]

    def is_shown_after_a_turn() -> bool:
        loop.progress()
        return bool(sentences("silent"))

    wait_for(lambda: not is_shown_after_a_turn())


def test_loop_that_an_exception_ended_is_shown_without_waiting_for_its_period() -> None:
    loop = watch("broken", within_seconds=LONG)
    with pytest.raises(ZeroDivisionError), loop:
        _ = 1 / 0
    wait_for(lambda: sentences("broken"))
    assert "ended with ZeroDivisionError" in sentences("broken")[0]
    loop.close()
    assert sentences("broken") == []


@pytest.mark.parametrize("orderly", [asyncio.CancelledError, GeneratorExit, SystemExit])
def test_loop_that_is_cancelled_is_not_watched_any_more(orderly: type[BaseException]) -> None:
    with pytest.raises(orderly), watch("cancelled", within_seconds=LONG):
        raise orderly
    assert "cancelled" not in [loop.name for loop in loops.read_loops()]


def test_stopped_loop_is_restarted_until_it_makes_a_turn(watched: Callable[..., Loop]) -> None:
    restarts: list[str] = []

    def restart() -> None:
        restarts.append(threading.current_thread().name)
        if len(restarts) == 1:
            raise RuntimeError("it does not start yet")
        watched("restarted", LONG, restart).progress()

    watched("restarted", SOON, restart)
    wait_for(lambda: len(restarts) >= 2)
    assert set(restarts) == {"loops"}
    wait_for(lambda: not sentences("restarted"))
    assert len(restarts) == 2


def test_loop_that_took_over_a_name_is_not_closed_by_its_predecessor(watched: Callable[..., Loop]) -> None:
    first = watched("heir", LONG)
    watched("heir", LONG)
    first.close()
    assert [loop.name for loop in loops.read_loops() if loop.name == "heir"] == ["heir"]


def test_state_of_a_loop_has_its_age_and_its_period(watched: Callable[..., Loop]) -> None:
    loop = watched("aged", LONG)
    loop.progress_at -= 100
    (state,) = [each for each in loops.read_loops() if each.name == "aged"]
    assert state.age_seconds >= 100
    assert state.within_seconds == LONG


STUCK = "import time; from runtime.loops import watch; watch('stuck', within_seconds=0.1); time.sleep({seconds})"


def run(seconds: float, **environment: str) -> subprocess.CompletedProcess[str]:
    environ = {name: value for name, value in os.environ.items() if name != "INVOICEDASH_PROCESS"} | environment
    command = [sys.executable, "-c", STUCK.format(seconds=seconds)]
    return subprocess.run(command, env=environ, capture_output=True, text=True, timeout=HANG_SECONDS, check=False)


def test_process_with_a_name_ends_when_its_loop_stays_stopped() -> None:
    ended = run(600, INVOICEDASH_PROCESS="web")
    assert ended.returncode == 1
    assert "The loop stuck of web made no turn in 0.1 s" in ended.stderr


def test_command_goes_on_when_a_loop_stays_stopped() -> None:
    # Three turns of the watcher, and some: what is shown here is that nothing ends it.
    assert run(3).returncode == 0

"""Kinds of jobs for the tests."""

from __future__ import annotations

import itertools
import os
import signal
import time
from typing import Any

from jobs import operations, registry
from jobs.registry import Steps
from jobs.work import JobFailed, Work
from tests.waiting import HANG_SECONDS

STEPS = 5
# What `steps` did, in the order in which it was done.
seen: list[str] = []


def count_up(work: Work) -> dict[str, Any]:
    """Write the number of each step into the job's file; where the arguments say so, die at a step, once."""
    path = work.path("steps")
    for step in range(work.job.done_count + 1, STEPS + 1):
        if step == work.arguments.get("die_at") and work.job.attempt == 1:
            os.kill(os.getpid(), signal.SIGKILL)
        with path.open("a") as file:
            file.write(f"{step}\n")
        work.advance(step, STEPS)
    work.keep(path)
    return {"steps": STEPS, "attempt": work.job.attempt}


def refuse(work: Work) -> None:
    raise JobFailed("The file is empty; send one with lines.")


def break_down(work: Work) -> None:
    raise ZeroDivisionError("a fault of ours")


def freeze(work: Work) -> None:
    """Announce that it began, and wait for the end of the process.

    As real work does, it returns to Python often: a signal that the kernel handed to the thread of the heartbeat, as it
    may when the process was frozen, would not wake `signal.pause`.
    """
    work.advance(1)
    while True:
        time.sleep(0.05)


def steps(work: Work) -> Steps:
    """Note its name at each step; at the first one, have a job of the name `then` done as well."""
    if then := work.arguments.get("then"):
        operations.enqueue("test.steps", {"name": then})
    for _ in range(STEPS):
        seen.append(work.arguments["name"])
        yield None
    return None


def pause(work: Work) -> Steps:
    """Pause until the job with the number `until` has ended, then note its name."""
    while operations.find(work.arguments["until"]).is_open:
        yield 0.05
    seen.append(work.arguments["name"])
    return None


def sleep_long(work: Work) -> Steps:
    work.advance(1)
    yield 10 * HANG_SECONDS
    return None


def endless(work: Work) -> Steps:
    """Advance without end, one step at a time."""
    for step in itertools.count(1):
        work.advance(step, report={"steps": step})
        yield None
    return None


def die(work: Work) -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def register() -> None:
    seen.clear()
    for name in ("count_up", "refuse", "break_down", "freeze", "die", "endless", "steps", "pause", "sleep_long"):
        registry.register(f"test.{name}", f"tests.jobs.kinds.{name}")

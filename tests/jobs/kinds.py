"""Kinds of jobs for the tests."""

from __future__ import annotations

import os
import signal
import time
from typing import Any

from jobs import registry
from jobs.work import JobFailed, Work

STEPS = 5


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


def die(work: Work) -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def register() -> None:
    for name in ("count_up", "refuse", "break_down", "freeze", "die"):
        registry.register(f"test.{name}", f"tests.jobs.kinds.{name}")

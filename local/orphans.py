"""Ends the processes that an earlier supervisor of the same data directory left running, before a new start."""

from __future__ import annotations

import signal
import time
from pathlib import Path

from local import processes

# SIGINT is PostgreSQL's fast shutdown, and it ends all other processes as well.
POLITE_SIGNAL = signal.SIGINT
POLITE_SECONDS, KILL_SECONDS = 3.0, 5.0
POLL_SECONDS = 0.02


class CannotEndProcess(RuntimeError):
    """A process of an earlier start cannot be ended; the text is one sentence."""


def end_all(data_dir: Path) -> int:
    """End all left-over processes, suspended ones included, and return their number; raises `CannotEndProcess`.

    The caller holds the lock of the data directory, so every process that uses it is a left-over.
    """
    found = processes.left_over(data_dir)
    for pid in found:
        processes.signal_one(pid, POLITE_SIGNAL)
    left = _wait_for_none(data_dir, POLITE_SECONDS) if found else []
    for pid in left:
        processes.signal_one(pid, signal.SIGKILL)
    left = _wait_for_none(data_dir, KILL_SECONDS) if left else []
    if left:
        raise CannotEndProcess(f"Process {left[0]} of an earlier start in {data_dir} cannot be ended; end it yourself.")
    return len(found)


def _wait_for_none(data_dir: Path, seconds: float) -> list[int]:
    deadline = time.monotonic() + seconds
    while left := processes.left_over(data_dir):
        if time.monotonic() > deadline:
            break
        time.sleep(POLL_SECONDS)
    return left

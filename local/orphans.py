"""Ends what an earlier supervisor of the same data directory left running, before anything new is started."""

from __future__ import annotations

import signal
import time
from pathlib import Path

from local import processes

# PostgreSQL's fast shutdown is SIGINT, which ends everything else as well.
POLITE_SIGNAL = signal.SIGINT
POLITE_SECONDS, KILL_SECONDS = 3.0, 5.0
POLL_SECONDS = 0.02


class StillThere(RuntimeError):
    """A process of an earlier start cannot be ended; the text is one sentence."""


def end_all(data_dir: Path) -> int:
    """End them all, frozen ones too, and return how many there were; raises `StillThere`.

    The caller holds the lock of the data directory: so whoever works in it was left behind.
    """
    found = processes.left_over(data_dir)
    for pid in found:
        processes.signal_one(pid, POLITE_SIGNAL)
    left = _wait_for_none(data_dir, POLITE_SECONDS) if found else []
    for pid in left:
        processes.signal_one(pid, signal.SIGKILL)
    left = _wait_for_none(data_dir, KILL_SECONDS) if left else []
    if left:
        raise StillThere(f"Process {left[0]} of an earlier start in {data_dir} cannot be ended; end it yourself.")
    return len(found)


def _wait_for_none(data_dir: Path, seconds: float) -> list[int]:
    deadline = time.monotonic() + seconds
    while left := processes.left_over(data_dir):
        if time.monotonic() > deadline:
            break
        time.sleep(POLL_SECONDS)
    return left

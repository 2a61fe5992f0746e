"""The machine as it was while something was measured: what it is, how loaded, what processes cost."""

from __future__ import annotations

import contextlib
import os
import platform
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import psutil

from runtime.environment import BASE_DIR

# Benchmarks step back behind whatever else the machine has to do.
NICENESS = 5


def step_back() -> None:
    """Run with less claim on the processor than others; children inherit it."""
    if os.nice(0) < NICENESS:
        os.nice(NICENESS - os.nice(0))


def describe() -> dict[str, Any]:
    """What a reader needs to know of the machine to place the figures."""
    return {
        "cpus": os.cpu_count(),
        "processor": _processor(),
        "memory_bytes": psutil.virtual_memory().total,
        "system": platform.platform(),
        "python": platform.python_version(),
        "commit": _commit(),
    }


def load() -> list[float]:
    """Processes that wanted to run, on average over the last 1, 5 and 15 minutes."""
    return [round(value, 2) for value in os.getloadavg()]


def memory_bytes(pid: int) -> int:
    """The memory of a process and all below it, what they share with others counted by share (PSS)."""
    return int(_sum_of_tree(pid, lambda process: process.memory_full_info().pss))


def cpu_seconds(pid: int) -> float:
    """The processor time that a process, all below it and what has ended below it have taken."""
    return _sum_of_tree(pid, lambda process: sum(process.cpu_times()[:4]))


def _sum_of_tree(pid: int, of: Callable[[psutil.Process], float]) -> float:
    root = psutil.Process(pid)
    total = 0.0
    for process in [root, *root.children(recursive=True)]:
        # It may end before it is asked.
        with contextlib.suppress(psutil.NoSuchProcess):
            total += of(process)
    return total


def busy_seconds(pids: Iterable[int]) -> float:
    """The processor time of processes to the nanosecond, where the system tells; waiting for a turn is not in it."""
    files = (path for pid in pids for path in Path(f"/proc/{pid}/task").glob("*/schedstat"))
    return sum(int(path.read_text().split()[0]) for path in files) / 1e9


def disk_stalls(directory: Path, count: int) -> list[float]:
    """Milliseconds of `count` writes of 8 kB, ten a second, each down to the disk before the next, over a file that is there."""
    page, pages, waits = os.urandom(8192), 1024, []
    with tempfile.TemporaryFile(dir=directory, buffering=0) as file:
        file.write(bytes(len(page) * pages))
        os.fsync(file)
        for number in range(count):
            os.pwrite(file.fileno(), page, len(page) * (number % pages))
            started = time.perf_counter()
            os.fdatasync(file)
            waits.append(1000 * (time.perf_counter() - started))
            time.sleep(0.1)
    return waits


def _processor() -> str:
    try:
        with open("/proc/cpuinfo") as file:
            return next((line.partition(":")[2].strip() for line in file if line.startswith("model name")), "")
    except OSError:
        return platform.processor()


def _commit() -> str:
    done = subprocess.run(["git", "rev-parse", "--short", "HEAD"], cwd=BASE_DIR, capture_output=True, text=True)
    return done.stdout.strip()

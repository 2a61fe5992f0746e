"""Describes the machine during a measurement: its hardware, its load, and the resources of processes."""

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

# Benchmarks run at a lower priority than other work on the machine.
NICENESS = 5


def lower_priority() -> None:
    """Lower the priority of this process; children inherit it."""
    if os.nice(0) < NICENESS:
        os.nice(NICENESS - os.nice(0))


def describe() -> dict[str, Any]:
    """The description of the machine that a reader needs to judge the figures."""
    return {
        "cpus": os.cpu_count(),
        "processor": _processor(),
        "memory_bytes": psutil.virtual_memory().total,
        "system": platform.platform(),
        "python": platform.python_version(),
        "commit": _commit(),
    }


def load() -> list[float]:
    """The average number of runnable processes over the last 1, 5 and 15 minutes."""
    return [round(value, 2) for value in os.getloadavg()]


def memory_bytes(pid: int) -> int:
    """The memory of a process and its descendants, with shared memory counted proportionally (PSS)."""
    return int(_sum_of_tree(pid, lambda process: process.memory_full_info().pss))


def cpu_seconds(pid: int) -> float:
    """The processor seconds of a process and its descendants, those of ended descendants included."""
    # The first four fields: user and system, of the process and of its ended children.
    return _sum_of_tree(pid, lambda process: sum(process.cpu_times()[:4]))


def _sum_of_tree(pid: int, measure: Callable[[psutil.Process], float]) -> float:
    """The sum of `measure` over process `pid` and its descendants."""
    root = psutil.Process(pid)
    total = 0.0
    for process in [root, *root.children(recursive=True)]:
        # The process may end before it is read.
        with contextlib.suppress(psutil.NoSuchProcess):
            total += measure(process)
    return total


def busy_seconds(pids: Iterable[int]) -> float:
    """The processor time of the running threads of `pids`, read with the resolution of a nanosecond.

    0 on a system without `/proc/PID/task/*/schedstat` (Linux has it).
    """
    # The first field of schedstat is the time on a processor; the second, the wait for one, is left out.
    files = (path for pid in pids for path in Path(f"/proc/{pid}/task").glob("*/schedstat"))
    return sum(int(path.read_text().split()[0]) for path in files) / 1e9


def disk_stalls(directory: Path, count: int) -> list[float]:
    """The milliseconds that each of `count` writes waits for the disk: 8 kB into an existing file, ten per second."""
    page, pages, waits = os.urandom(8192), 1024, list[float]()
    with tempfile.TemporaryFile(dir=directory, buffering=0) as file:
        # The space is allocated first, so that only data is synchronized later.
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
    """The model of the processor; empty when the system does not name it."""
    try:
        with open("/proc/cpuinfo") as file:
            return next((line.partition(":")[2].strip() for line in file if line.startswith("model name")), "")
    except OSError:
        return platform.processor()


def _commit() -> str:
    """The abbreviated id of the checkout's commit; empty outside of a git checkout."""
    done = subprocess.run(["git", "rev-parse", "--short", "HEAD"], cwd=BASE_DIR, capture_output=True, text=True)
    return done.stdout.strip()

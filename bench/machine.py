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
    """The processor time of a process, its descendants and its ended descendants."""
    return _sum_of_tree(pid, lambda process: sum(process.cpu_times()[:4]))


def _sum_of_tree(pid: int, of: Callable[[psutil.Process], float]) -> float:
    root = psutil.Process(pid)
    total = 0.0
    for process in [root, *root.children(recursive=True)]:
        # The process may end before it is read.
        with contextlib.suppress(psutil.NoSuchProcess):
            total += of(process)
    return total


def busy_seconds(pids: Iterable[int]) -> float:
    """The processor time of processes in nanoseconds, without time spent waiting for a processor, where the system
    reports it.
    """
    files = (path for pid in pids for path in Path(f"/proc/{pid}/task").glob("*/schedstat"))
    return sum(int(path.read_text().split()[0]) for path in files) / 1e9


def disk_stalls(directory: Path, count: int) -> list[float]:
    """Milliseconds of `count` writes of 8 kB to an existing file, ten a second, each synchronized before the next."""
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

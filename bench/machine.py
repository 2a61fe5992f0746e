"""The machine as it was while something was measured: what it is, how loaded, what processes cost."""

from __future__ import annotations

import os
import platform
import subprocess
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import psutil

from invoicedash.environment import BASE_DIR

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


def tree(pid: int) -> list[psutil.Process]:
    """A process and all below it."""
    root = psutil.Process(pid)
    return [root, *root.children(recursive=True)]


def memory_bytes(processes: Iterable[psutil.Process]) -> int:
    """Their memory, what they share counted once (PSS)."""
    return sum(process.memory_full_info().pss for process in processes)


def cpu_seconds(processes: Iterable[psutil.Process]) -> float:
    """The processor time they have taken, theirs and the system's for them."""
    return sum(sum(process.cpu_times()[:2]) for process in processes)


def busy_seconds(pids: Iterable[int]) -> float:
    """The processor time of processes to the nanosecond, where the system tells; waiting for a turn is not in it."""
    files = (path for pid in pids for path in Path(f"/proc/{pid}/task").glob("*/schedstat"))
    return sum(int(path.read_text().split()[0]) for path in files) / 1e9


def _processor() -> str:
    try:
        with open("/proc/cpuinfo") as file:
            return next((line.partition(":")[2].strip() for line in file if line.startswith("model name")), "")
    except OSError:
        return platform.processor()


def _commit() -> str:
    done = subprocess.run(["git", "rev-parse", "--short", "HEAD"], cwd=BASE_DIR, capture_output=True, text=True)
    return done.stdout.strip()

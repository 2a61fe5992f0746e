"""The whole product under its supervisor, for benchmarks that measure it from outside."""

from __future__ import annotations

import contextlib
import json
import time
import urllib.request
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

import psutil
import psycopg

from bench import machine, mode
from bench.servers import data_directory
from tests.stack import Stack
from tests.waiting import HANG_SECONDS, wait_for


@contextlib.contextmanager
def product(env: Mapping[str, str] | None = None) -> Iterator[Stack]:
    """The running product, on the disk of the checkout, in the mode that the environment sets."""
    env = {**mode.environment(), **(env or {})}
    with data_directory() as root, Stack(data_dir=root / "data", env=env) as stack:
        stack.headers = mode.headers(stack)
        yield stack


def post(stack: Stack, path: str, body: dict[str, Any] | None = None, *, method: str = "POST") -> dict[str, Any]:
    """Call the API; returns its answer."""
    request = urllib.request.Request(
        f"{stack.url}{path}",
        data=json.dumps(body or {}).encode(),
        headers={"Content-Type": "application/json", **stack.headers},
        method=method,
    )
    with urllib.request.urlopen(request, timeout=HANG_SECONDS) as answer:
        return dict(json.load(answer))


def connect(stack: Stack) -> psycopg.Connection[tuple[Any, ...]]:
    """A direct connection to the product's PostgreSQL."""
    lines = (stack.data_dir / "servers.env").read_text().splitlines()
    url = next(line.partition("=")[2] for line in lines if line.startswith("DATABASE_URL="))
    return psycopg.connect(url, autocommit=True)


def query(stack: Stack, sql: str) -> list[tuple[Any, ...]]:
    """Run one query."""
    with connect(stack) as connection:
        return connection.execute(sql.encode()).fetchall()


def wait_until_idle(stack: Stack) -> None:
    """Wait until no run is active and no row is queued."""
    wait_for(lambda: stack.get_json("/api/system/status")["state"] == "idle", "the product to be idle")


class Watch:
    """Measures the resources of the product's processes from now on, by the supervisor's process names.

    `without` lists PostgreSQL's processes that serve the benchmark itself; they live as long as the watch.
    """

    def __init__(self, stack: Stack, *, without: Sequence[int] = ()) -> None:
        assert stack.process
        self._pids = {entry["name"]: entry["pid"] for entry in stack.state()["processes"] if entry["pid"]}
        self._supervisor = psutil.Process(stack.process.pid)
        self._without = without
        self._started = time.monotonic()
        self._before = self._cpu_seconds()

    def cpu_shares(self) -> dict[str, float]:
        """Percent of one core that each process took since the watch began."""
        elapsed = time.monotonic() - self._started
        return {name: 100 * (seconds - self._before[name]) / elapsed for name, seconds in self._cpu_seconds().items()}

    def memory(self) -> dict[str, float]:
        """The memory of each process in MB (PSS)."""
        held = self._sum(machine.memory_bytes)
        return {**{name: size / 1e6 for name, size in held.items()}, "supervisor": self._supervisor_bytes() / 1e6}

    def _supervisor_bytes(self) -> float:
        return float(self._supervisor.memory_full_info().pss)

    def _cpu_seconds(self) -> dict[str, float]:
        return {**self._sum(machine.cpu_seconds), "supervisor": sum(self._supervisor.cpu_times()[:2])}

    def _sum(self, of: Callable[[int], float]) -> dict[str, float]:
        """A figure of each process, without the processes that serve the benchmark."""
        own = sum(of(pid) for pid in self._without)
        return {name: of(pid) - (own if name == "postgres" else 0) for name, pid in self._pids.items()}

"""The whole product under its supervisor, for benchmarks that watch it from outside."""

from __future__ import annotations

import contextlib
import json
import time
import urllib.request
from collections.abc import Iterator, Mapping
from typing import Any

import psutil
import psycopg

from bench import machine
from bench.servers import data_directory
from tests.stack import Stack, wait_for


@contextlib.contextmanager
def product(env: Mapping[str, str] | None = None) -> Iterator[Stack]:
    """The running product, on the checkout's disk."""
    with data_directory() as root, Stack(data_dir=root / "data", env=env) as stack:
        yield stack


def post(stack: Stack, path: str, body: dict[str, Any] | None = None, *, method: str = "POST") -> dict[str, Any]:
    """Call the API; returns its answer."""
    request = urllib.request.Request(
        f"{stack.url}{path}",
        data=json.dumps(body or {}).encode(),
        headers={"Content-Type": "application/json"},
        method=method,
    )
    with urllib.request.urlopen(request, timeout=10) as answer:
        return dict(json.load(answer))


def query(stack: Stack, sql: str) -> list[tuple[Any, ...]]:
    """Ask the product's PostgreSQL past the product."""
    lines = (stack.data_dir / "servers.env").read_text().splitlines()
    url = next(line.partition("=")[2] for line in lines if line.startswith("DATABASE_URL="))
    with psycopg.connect(url) as connection:
        return connection.execute(sql.encode()).fetchall()


def wait_until_idle(stack: Stack, seconds: float) -> None:
    """Wait until nothing runs and nothing is queued."""
    wait_for(lambda: stack.get_json("/api/system/status")["state"] == "idle", seconds, "the product to be idle")


class Watch:
    """What the product's processes take from now on. Processes are named as the supervisor names them."""

    def __init__(self, stack: Stack) -> None:
        assert stack.process
        pids = {entry["name"]: entry["pid"] for entry in stack.state()["processes"]}
        self.trees = {name: machine.tree(pid) for name, pid in pids.items() if pid}
        self.trees["supervisor"] = [psutil.Process(stack.process.pid)]
        self._started = time.monotonic()
        self._before = {name: machine.cpu_seconds(tree) for name, tree in self.trees.items()}

    def cpu_shares(self) -> dict[str, float]:
        """Percent of one core that each took since the watch began."""
        elapsed = time.monotonic() - self._started
        return {
            name: 100 * (machine.cpu_seconds(tree) - self._before[name]) / elapsed for name, tree in self.trees.items()
        }

    def memory(self) -> dict[str, float]:
        """MB that each holds (PSS)."""
        return {name: machine.memory_bytes(tree) / 1e6 for name, tree in self.trees.items()}

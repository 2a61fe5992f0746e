"""The setup of docs/scaling.md works: two web processes, three workers and two pacers on one database."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from bench.client import Listener
from bench.product import post, wait_until_idle
from local import procfile
from runtime.environment import BASE_DIR
from tests.stack import Stack, free_port
from tests.waiting import HANG_SECONDS, wait_for

RATE, SECONDS, DISPLAY_RATE = 20, 4, 25


class More:
    """One more process of the Procfile beside the product, on the same servers."""

    def __init__(self, stack: Stack, name: str) -> None:
        servers = dict(line.split("=", 1) for line in (stack.data_dir / "servers.env").read_text().split())
        self.port = free_port()
        env = {**stack.env, **servers, "INVOICEDASH_PROCESS": name, "PORT": str(self.port)}
        env["PATH"] = f"{Path(sys.executable).parent}:{env['PATH']}"
        command = procfile.read(BASE_DIR / "Procfile")[name]
        quiet = subprocess.DEVNULL
        self._process = subprocess.Popen(command, cwd=BASE_DIR, env=env, stdout=quiet, stderr=quiet)

    def close(self) -> None:
        assert self._process.poll() is None, f"it ended by itself with {self._process.returncode}"
        self._process.terminate()
        try:
            self._process.wait(HANG_SECONDS)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()


@pytest.fixture
def more(stack: Stack) -> Iterator[dict[str, list[More]]]:
    """One web process, two workers and one pacer more than the product has."""
    made = {
        name: [More(stack, name) for _ in range(count)] for name, count in (("web", 1), ("worker", 2), ("pacer", 1))
    }
    yield made
    for process in [each for group in made.values() for each in group]:
        process.close()


def listen(url: str) -> Listener | None:
    try:
        return Listener(url)
    except OSError:
        return None


def test_more_of_each_issue_and_show_the_same_once(stack: Stack, more: dict[str, list[More]]) -> None:
    post(stack, "/api/control/reset", {"purge": True})
    post(stack, "/api/feed", {"rate_per_second": DISPLAY_RATE}, method="PUT")
    other_url = f"ws://127.0.0.1:{more['web'][0].port}/ws/dashboard/"
    other = wait_for(lambda: listen(other_url), "the second web process")
    with other, Listener(stack.ws_url) as first:
        begin = first.hello["last_seq"]
        post(stack, "/api/control/start", {"rate_per_second": RATE, "duration_seconds": SECONDS})
        wait_for(lambda: rows(first)[-1:] == [begin + RATE * SECONDS], "all rows to be shown")
        wait_for(lambda: len(rows(other)) == RATE * SECONDS, "all rows on the other web process")
    wait_until_idle(stack)
    expected = list(range(begin + 1, begin + RATE * SECONDS + 1))
    assert rows(first) == expected
    assert rows(other) == expected
    assert stack.get_json("/api/stats")["invoice_count"] == RATE * SECONDS
    assert stack.manage("audit", "--json").returncode == 0


def rows(listener: Listener) -> list[int]:
    """The sequence numbers that it received, in their order."""
    return [received.frame["seq"] for received in listener.frames("invoice")]

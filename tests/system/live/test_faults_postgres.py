"""PostgreSQL killed or silent, and everything killed at once: reported, and restored by itself with nothing lost."""

from __future__ import annotations

import contextlib
import os
import signal
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest
from websockets.exceptions import ConnectionClosed

from tests.system.live.dashboard import Dashboard, open_socket
from tests.system.live.product import Product
from tests.waiting import HANG_SECONDS, wait_for

UNAVAILABLE = 4503
CALLS = (
    ("GET", "/api/stats"), ("GET", "/api/system/status"), ("GET", "/api/invoices"), ("GET", "/api/stats/history"),
    ("GET", "/readyz"), ("POST", "/api/control/start"), ("POST", "/api/control/stop"), ("POST", "/api/control/reset"),
)  # fmt: skip


@pytest.fixture
def dashboard(closed_product: Product) -> Iterator[Dashboard]:
    """A dashboard that resumes, on the emptied product."""
    closed_product.clear(rate=40)
    with closed_product.dashboard() as dashboard:
        yield dashboard


def family(pid: int) -> list[int]:
    """A process and its children."""
    return [pid, *map(int, Path(f"/proc/{pid}/task/{pid}/children").read_text().split())]


@contextmanager
def silent_postgres(product: Product) -> Iterator[None]:
    """The postmaster and all its backends are frozen: a client that connects waits without end."""
    pids = family(product.stack.pid("postgres"))
    for pid in pids:
        os.kill(pid, signal.SIGSTOP)
    try:
        yield
    finally:
        for pid in pids:
            os.kill(pid, signal.SIGCONT)


def test_killed_in_a_run_postgresql_is_back_by_itself_and_the_run_ends_exactly(
    closed_product: Product, dashboard: Dashboard
) -> None:
    product = closed_product
    product.start(rate=40, seconds=6)
    wait_for(lambda: len(dashboard.screen.rows) > 20, "the run to be under way")
    product.stack.wait_for_restart("postgres", product.stack.kill("postgres"))
    status = product.wait_until_completed()
    assert (status["run"]["issued_count"], status["run"]["target_count"]) == (240, 240)
    wait_for(lambda: len(dashboard.screen.rows) == 240, "every row on screen")
    assert dashboard.sequence() == dashboard.screen.rows
    product.audit()


def test_while_postgresql_is_silent_that_is_said(closed_product: Product, dashboard: Dashboard) -> None:
    product = closed_product
    with silent_postgres(product):
        # The web process notices within a few turns of its probe.
        wait_for(lambda: product.call("GET", "/readyz").body["services"]["postgres"] == "down", "the probe to notice")
        with ThreadPoolExecutor(len(CALLS)) as pool:
            answers = list(pool.map(lambda call: product.call(*call), CALLS))
        for call, answer in zip(CALLS, answers, strict=True):
            assert (answer.status, answer.media_type) == (503, "application/problem+json"), (call, answer)
            assert answer.body["services"]["postgres"] == "down"
        page = httpx.get(product.stack.url + "/", headers=product.headers, timeout=HANG_SECONDS, trust_env=False)
        assert page.status_code == 503
        assert product.call("GET", "/healthz").status == 200
    wait_for(lambda: product.call("GET", "/readyz").status == 200, "to be ready again")
    # It is unknown whether the START that was answered 503 was done in the end.
    product.do("POST", "/api/control/reset", {"purge": True})
    product.start(rate=20, seconds=1)
    product.wait_until_completed()
    wait_for(lambda: len(dashboard.screen.rows) == 20, "the rows on screen")


def test_no_hello_is_possible_while_postgresql_is_silent(product: Product) -> None:
    """On the open product: the closed one rejects clients whose rights it cannot look up."""
    with silent_postgres(product), open_socket(product.stack.ws_url) as socket:
        with pytest.raises(ConnectionClosed) as closed:
            socket.recv(timeout=HANG_SECONDS)
        assert closed.value.rcvd is not None
        assert closed.value.rcvd.code == UNAVAILABLE
    wait_for(lambda: product.call("GET", "/readyz").status == 200, "to be ready again")
    with product.dashboard() as dashboard:
        assert dashboard.screen.hello["type"] == "hello"


def test_everything_killed_at_once_goes_on_at_the_next_start(closed_product: Product, dashboard: Dashboard) -> None:
    """As when the power goes: the run that was under way ends exactly, and numbers go on where they were."""
    product, stack = closed_product, closed_product.stack
    product.start(rate=60, seconds=8)
    wait_for(lambda: len(dashboard.screen.rows) > 20, "the run to be under way")
    newest = dashboard.screen.last_seq
    assert stack.process is not None
    stack.process.send_signal(signal.SIGSTOP)
    for pid in stack.pids() - {stack.process.pid}:
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)
    stack.stop(signal.SIGKILL)
    wait_for(lambda: not stack.pids(), "everything to be gone")
    stack.start()
    status = product.wait_until_completed()
    assert (status["run"]["issued_count"], status["run"]["target_count"]) == (480, 480)
    assert status["display"]["last_seq"] >= (newest or 0)
    product.set_pace(400)
    wait_for(lambda: len(dashboard.screen.rows) == 480, "every row on screen")
    assert dashboard.sequence() == dashboard.screen.rows
    assert [number.rpartition("-")[2] for number in dashboard.numbers()] == [f"{n:06d}" for n in range(1, 481)]
    product.audit()

"""Redis stopped, emptied or silent: no action of a user waits for it, and nothing is lost with it."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Iterator

import httpx
import pytest
import redis as redis_py

from tests.system.live.dashboard import Dashboard
from tests.system.live.product import Product
from tests.waiting import HANG_SECONDS, wait_for

SILENT_SECONDS = 4.0
PAGES = (
    "/",
    "/wall/",
    "/system/",
    "/api/stats",
    "/api/system/status",
    "/api/invoices",
    "/api/stats/history",
    "/readyz",
    "/healthz",
)


@pytest.fixture
def dashboard(closed_product: Product) -> Iterator[Dashboard]:
    """A dashboard that resumes, on the emptied product."""
    closed_product.clear(rate=40)
    with closed_product.dashboard() as dashboard:
        yield dashboard


@pytest.fixture
def silent_redis(closed_product: Product) -> Iterator[int]:
    """Redis accepts and never answers, until the test thaws it or ends."""
    pid = closed_product.stack.kill("redis", signal.SIGSTOP)
    yield pid
    os.kill(pid, signal.SIGCONT)
    wait_for(lambda: closed_product.status()["services"]["redis"] == "up", "Redis to be reported as up")


def test_killed_and_emptied_in_a_run_redis_costs_seconds_and_no_row(
    closed_product: Product, dashboard: Dashboard
) -> None:
    product = closed_product
    product.start(rate=40, seconds=9)
    wait_for(lambda: len(dashboard.screen.rows) > 40, "the run to be under way")
    with redis_py.Redis.from_url(product.address("REDIS_URL"), socket_timeout=HANG_SECONDS) as client:
        client.flushall()
    flushed = time.time()
    wait_for(lambda: arrived_after(dashboard, flushed), "rows and totals after the FLUSHALL")
    product.stack.wait_for_restart("redis", product.stack.kill("redis"))
    back = time.time()
    wait_for(lambda: arrived_after(dashboard, back), "rows and totals after the restart")
    status = product.wait_until_completed()
    assert (status["run"]["issued_count"], status["run"]["target_count"]) == (360, 360)
    wait_for(lambda: len(dashboard.screen.rows) == 360, "every row on screen")
    assert dashboard.sequence() == dashboard.screen.rows
    assert dashboard.connections == 1
    product.audit()


def arrived_after(dashboard: Dashboard, moment: float) -> bool:
    """Whether a row and totals have come that are younger than that."""
    newest = [frames[-1].at for frames in (dashboard.of("invoice"), dashboard.of("stats")) if frames]
    return len(newest) == 2 and min(newest) > moment


def test_while_redis_is_silent_everything_answers(closed_product: Product, silent_redis: int) -> None:
    url, headers = closed_product.stack.url, closed_product.headers
    with httpx.Client(base_url=url, headers=headers, timeout=HANG_SECONDS, trust_env=False) as client:
        assert {path: client.get(path).status_code for path in PAGES} == dict.fromkeys(PAGES, 200)
    assert closed_product.status()["services"] == {"postgres": "up", "redis": "down"}
    assert closed_product.stats()["source"] == "database"
    ready = closed_product.call("GET", "/readyz")
    assert (ready.status, ready.body["services"]["redis"]) == (200, "down")


def test_while_redis_is_silent_start_and_stop_work_and_queued_rows_are_shown(
    closed_product: Product, dashboard: Dashboard
) -> None:
    product = closed_product
    product.set_pace(10)
    product.start(rate=60, seconds=1)
    product.wait_until_completed()
    pid, frozen = product.stack.kill("redis", signal.SIGSTOP), time.time()
    try:
        started = product.do("POST", "/api/control/start", {"rate_per_second": 30, "duration_seconds": 2})
        assert started["state"] == "running"
        stopped = product.do("POST", "/api/control/stop")
        assert stopped["run"]["state"] == "stopped"
        product.do("POST", "/api/control/start", {"rate_per_second": 30, "duration_seconds": 2})
        # Rows are paced and sent from PostgreSQL alone.
        wait_for(lambda: len([f for f in dashboard.of("invoice") if f.at > frozen + 1]) > 10, "rows")
        with product.dashboard() as fresh:
            assert fresh.screen.hello["status"]["services"]["redis"] == "down"
        wait_for(lambda: time.time() > frozen + SILENT_SECONDS, "the silence to last")
    finally:
        os.kill(pid, signal.SIGCONT)
    wait_for(lambda: product.invoice_count() > 60, "the run that was started meanwhile")
    assert product.wait_until_completed()["run"]["issued_count"] == 60
    assert product.invoice_count() == 120
    wait_for(lambda: dashboard.screen.stats["invoice_count"] == 120, "the totals on screen")

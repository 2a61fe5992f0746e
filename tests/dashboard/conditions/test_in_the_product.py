"""Conditions of the running product: they appear when parts are stopped on purpose, and end when the parts continue."""

from __future__ import annotations

import signal
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager

import psycopg
import pytest
from prometheus_client.parser import text_string_to_metric_families

from tests.stack import Stack
from tests.waiting import HANG_SECONDS, wait_for

LOOPS = {
    "web": {"heartbeat", "database", "conditions"},
    "worker": {"heartbeat", "sweeps"},
    "jobs": {"heartbeat"},
    "beat": {"heartbeat", "schedule"},
    "pacer": {"heartbeat", "wake-ups", "wake", "show-demo", "show-live"},
    "loops": {"heartbeat", "notifications", "fold-live", "fold-minute"},
}
pytestmark = pytest.mark.timeout(900)


@pytest.fixture(scope="module")
def running() -> Iterator[Stack]:
    """A product of its own, issuing twenty invoices a second and showing ten."""
    with Stack(env={"DISPLAY_RATE": "10"}) as stack:
        body = b'{"rate_per_second": 20, "duration_seconds": 3600}'
        headers = {"Content-Type": "application/json"}
        request = urllib.request.Request(f"{stack.url}/api/control/start", body, headers)
        with urllib.request.urlopen(request, timeout=HANG_SECONDS):
            yield stack


def holds(stack: Stack, name: str, subject: str) -> bool:
    found = stack.get_json("/api/system/status").get("conditions", [])
    return any(each["name"] == name and each["subject"].startswith(subject) for each in found)


@contextmanager
def frozen(stack: Stack, name: str) -> Iterator[None]:
    pid = stack.kill(name, signal.SIGSTOP)
    try:
        yield
    finally:
        assert stack.kill(name, signal.SIGCONT) == pid


@pytest.mark.parametrize(
    ("process", "name", "subject"),
    [("worker", "run-stalled", "run "), ("pacer", "feed-stalled", "demo"), ("worker", "queue-growing", "celery/ticks")],
)
def test_process_that_does_nothing_is_shown_by_the_work_that_stands_still(
    running: Stack, process: str, name: str, subject: str
) -> None:
    with frozen(running, process):
        wait_for(lambda: holds(running, name, subject), f"{name} to be shown", show=running.output)
        status, _ = running.get("/readyz")
        assert status == 200
    wait_for(lambda: not holds(running, name, subject), f"{name} to be over", show=running.output)


def test_lock_that_stops_the_run_is_shown_with_its_holder_while_postgresql_is_up(running: Stack) -> None:
    lines = (running.data_dir / "servers.env").read_text().splitlines()
    url = next(line.partition("=")[2] for line in lines if line.startswith("DATABASE_URL="))
    with psycopg.connect(url, application_name="somebody") as holder:
        holder.execute("SELECT 1 FROM invoices_series FOR UPDATE")
        wait_for(lambda: holds(running, "database-busy", "locked"), "the wait to be shown")
        services = running.get_json("/readyz")["services"]
        holder.rollback()
    assert services == {"postgres": "up", "redis": "up"}
    wait_for(lambda: not holds(running, "database-busy", "locked"), "the wait to be over")


def test_each_process_reports_its_loops(running: Stack) -> None:
    def missing() -> dict[str, set[str]]:
        found: dict[str, set[str]] = {}
        for family in text_string_to_metric_families(running.get("/metrics")[1].decode()):
            for one in family.samples:
                if one.name == "invoicedash_loop_age_seconds":
                    found.setdefault(one.labels["process"], set()).add(one.labels["loop"])
        return {process: loops - found.get(process, set()) for process, loops in LOOPS.items()}

    wait_for(lambda: not any(missing().values()), "all loops to be reported", show=lambda: str(missing()))


def test_metrics_of_a_healthy_product_have_no_condition(running: Stack) -> None:
    wait_for(lambda: b"invoicedash_condition{" not in running.get("/metrics")[1], "no condition to hold")

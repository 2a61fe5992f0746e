"""kill -9 and freezes of single processes in the middle of a run: other work continues, and the run ends exactly."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Callable, Iterator

import pytest

from tests.system.live.dashboard import Dashboard
from tests.system.live.product import Product
from tests.waiting import HANG_SECONDS, wait_for

pytestmark = pytest.mark.usefixtures("idle_socket", "deaf_reader")
PROCESSES = ("web", "worker", "beat", "pacer")


def issued_after(product: Product, moment: float) -> bool:
    rows = product.sql("SELECT 1 FROM invoices_invoice WHERE created_at > to_timestamp(%s) LIMIT 1", moment)
    return bool(rows)


def shown_after(product: Product, moment: float) -> bool:
    rows = product.sql("SELECT 1 FROM streaming_shown WHERE shown_at > to_timestamp(%s) LIMIT 1", moment)
    return bool(rows)


def hello_after(dashboard: Dashboard, moment: float) -> bool:
    return any(hello.at > moment for hello in dashboard.of("hello"))


@pytest.fixture
def dashboard(closed_product: Product) -> Iterator[Dashboard]:
    """A dashboard that resumes, on the emptied product."""
    closed_product.clear(rate=40)
    with closed_product.dashboard() as dashboard:
        yield dashboard


def test_each_process_may_be_killed_in_a_run(closed_product: Product, dashboard: Dashboard) -> None:
    product = closed_product
    # Longer than the kills take on any machine; STOP ends it.
    product.start(rate=30, seconds=3600)
    works: dict[str, Callable[[float], bool]] = {
        "web": lambda moment: hello_after(dashboard, moment),
        "worker": lambda moment: issued_after(product, moment),
        "beat": lambda moment: issued_after(product, moment),
        "pacer": lambda moment: shown_after(product, moment),
    }
    wait_for(lambda: len(dashboard.screen.rows) > 10, "the run to be under way")
    for name in PROCESSES:
        before = product.stack.entry(name)["restarts"]
        product.stack.wait_for_restart(name, product.stack.kill(name))
        restarted = time.time()
        # Only work after the restart counts: earlier results may have been on their way at the kill.
        wait_for(lambda name=name, at=restarted: works[name](at), f"{name} to work again")  # type: ignore[misc]
        assert product.stack.entry(name)["restarts"] == before + 1
    issued = product.do("POST", "/api/control/stop")["run"]["issued_count"]
    wait_for(lambda: len(dashboard.screen.rows) == issued, "every row on screen")
    assert dashboard.sequence() == dashboard.screen.rows
    assert dashboard.connections >= 2
    product.audit()


def frozen_in_a_tick(product: Product) -> int:
    """Freeze the worker while its tick holds the run's lock, if it can be caught there; returns its number."""
    worker = product.stack.pid("worker")
    with product.database() as database:
        deadline = time.monotonic() + HANG_SECONDS
        while time.monotonic() < deadline:
            os.kill(worker, signal.SIGSTOP)
            held = database.execute("SELECT 1 FROM pg_locks WHERE locktype = 'advisory' AND granted AND objsubid = 2")
            if held.fetchone():
                return worker
            os.kill(worker, signal.SIGCONT)
            time.sleep(0.003)
    raise AssertionError("the worker was never caught in a tick")


def test_stop_does_not_wait_for_a_frozen_worker_and_holds_when_it_thaws(
    closed_product: Product, dashboard: Dashboard
) -> None:
    product = closed_product
    product.start(rate=3000, seconds=60)
    wait_for(lambda: product.invoice_count() > 1000, "the run to be under way")
    worker = frozen_in_a_tick(product)
    try:
        answer = product.call("POST", "/api/control/stop")
        issued = product.invoice_count()
    finally:
        os.kill(worker, signal.SIGCONT)
    assert answer.status == 200
    assert answer.body["run"]["state"] == "stopped"
    assert answer.body["run"]["issued_count"] == issued
    # It has thawed when it beats again; whatever it still meant to issue came to nothing.
    thawed = time.time()
    wait_for(lambda: beat_after(product, "worker", thawed), "the worker to be at work again")
    assert product.invoice_count() == issued
    product.reset()
    product.start(rate=20, seconds=1)
    assert product.wait_until_completed()["run"]["issued_count"] == 20


def beat_after(product: Product, name: str, moment: float) -> bool:
    rows = product.sql("SELECT 1 FROM streaming_heartbeat WHERE name = %s AND beat_at > to_timestamp(%s)", name, moment)
    return bool(rows)


def test_a_frozen_pacer_holds_up_nothing_but_rows_and_they_come_when_it_thaws(
    closed_product: Product, dashboard: Dashboard
) -> None:
    product = closed_product
    product.start(rate=50, seconds=1)
    pacer = product.stack.kill("pacer", signal.SIGSTOP)
    try:
        product.wait_until_completed()
        assert product.call("POST", "/api/control/skip").status == 200
        product.start(rate=20, seconds=1)
        product.wait_until_completed()
    finally:
        os.kill(pacer, signal.SIGCONT)
    product.wait_until_idle()
    wait_for(lambda: dashboard.numbers()[-1:] and dashboard.numbers()[-1].endswith("-000070"), "the last row")
    display = product.status()["display"]
    assert display["announced_count"] == display["shown_count"] + display["skipped_count"]

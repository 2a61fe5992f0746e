"""A worker that gets a stop signal finishes its current task first; tasks that it had not begun are found again."""

from __future__ import annotations

import signal
from collections.abc import Iterator

import pytest

from tests.stack import Stack
from tests.system.live.product import Product
from tests.waiting import wait_for


@pytest.fixture
def product(stack: Stack) -> Iterator[Product]:
    product = Product(stack)
    product.clear(rate=200)
    yield product
    product.clear()


def test_a_worker_that_is_stopped_in_a_tick_ends_it_and_the_run_is_exact(product: Product) -> None:
    stack = product.stack
    product.start(rate=20, seconds=5)
    with product.database() as lock:
        # Its next tick waits for the series; shorter than the limit on waiting for a lock.
        lock.execute("BEGIN")
        lock.execute("SELECT 1 FROM invoices_series WHERE closed_at IS NULL FOR UPDATE")
        wait_for(lambda: is_waiting(product), "a tick to wait")
        old = stack.kill("worker", signal.SIGTERM)
        before = product.invoice_count()
        lock.execute("COMMIT")
    stack.wait_for_restart("worker", old)
    assert stack.entry("worker")["last_exit"] == "exit 0"
    assert product.invoice_count() > before
    run = product.wait_until_completed()["run"]
    assert run["issued_count"] == run["target_count"] == 100
    assert product.audit()["ok"]


def is_waiting(product: Product) -> bool:
    query = "SELECT 1 FROM pg_stat_activity WHERE application_name = 'invoicedash-worker' AND wait_event_type = 'Lock'"
    return bool(product.sql(query))

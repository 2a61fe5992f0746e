"""The worker keeps its connection to PostgreSQL between tasks, and gets another one when it breaks."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator

import pytest

from tests.stack import Stack
from tests.system.live.product import Product
from tests.waiting import wait_for

BACKENDS = "SELECT pid FROM pg_stat_activity WHERE application_name = 'invoicedash-worker'"

ALL_DUE = """UPDATE invoices_run SET started_at = started_at - %s * interval '1 second'
WHERE id = (SELECT max(id) FROM invoices_run) RETURNING id"""
RATE, LONG_SECONDS = 20, 120


@pytest.fixture
def product(stack: Stack) -> Iterator[Product]:
    product = Product(stack)
    product.clear(rate=200)
    yield product
    product.clear()


def backends(product: Product) -> set[int]:
    return {pid for (pid,) in product.sql(BACKENDS)}


def wait_for_invoices(product: Product, more: int) -> None:
    count = product.invoice_count() + more
    wait_for(lambda: product.invoice_count() >= count, f"{more} more invoices")


def test_fifty_ticks_use_the_connections_of_the_first(product: Product) -> None:
    product.start(rate=5, seconds=12)
    wait_for_invoices(product, 2)
    before = backends(product)
    product.wait_until_completed()
    assert backends(product) == before


def test_a_worker_whose_connections_were_ended_goes_on_with_others(product: Product) -> None:
    product.start(rate=20, seconds=5)
    wait_for_invoices(product, 2)
    worker, before = product.stack.pid("worker"), backends(product)
    product.sql(f"SELECT pg_terminate_backend(pid) FROM ({BACKENDS}) AS worker")
    check_exact(product)
    assert product.stack.pid("worker") == worker
    assert not backends(product) & before


def test_a_connection_that_was_frozen_is_used_on(product: Product) -> None:
    """The run is so long that it owes invoices however late its connections are frozen."""
    product.start(rate=RATE, seconds=LONG_SECONDS)
    wait_for_invoices(product, 2)
    before = backends(product)
    for pid in before:
        os.kill(pid, signal.SIGSTOP)
    try:
        wait_for(lambda: owes(product, 10), "ten invoices to be owed")
    finally:
        for pid in before:
            os.kill(pid, signal.SIGCONT)
    product.sql(ALL_DUE, LONG_SECONDS)
    check_exact(product)


def owes(product: Product, count: int) -> bool:
    query = (
        "SELECT extract(epoch FROM clock_timestamp() - started_at)::float FROM invoices_run ORDER BY id DESC LIMIT 1"
    )
    ((seconds,),) = product.sql(query)
    return bool(min(seconds, LONG_SECONDS) * RATE - product.invoice_count() >= count)


def check_exact(product: Product) -> None:
    run = product.wait_until_completed()["run"]
    assert run["issued_count"] == run["target_count"]
    assert product.audit()["ok"]

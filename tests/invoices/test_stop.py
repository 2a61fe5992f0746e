"""STOP answers although the tick at work is frozen inside its transaction, and nothing is issued after it."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from decimal import Decimal

import pytest
from django.db import OperationalError, connection

from invoices.audit import audit
from invoices.generation import producer, reset, runs
from invoices.models import Invoice, Run
from tests.invoices.children import Tick, Ticker, holding
from tests.invoices.clock import let_be_due
from tests.invoices.samples import NOON, demo
from tests.waiting import HANG_SECONDS

pytestmark = pytest.mark.django_db(transaction=True)

HEAD = "SELECT 1 FROM streaming_feed WHERE name = 'demo' FOR UPDATE"
RUN_ROW = "SELECT 1 FROM invoices_run FOR UPDATE"
# A row of the same number that is not committed yet: COPY stops at it until its fate is known.
SAME_NUMBER = """
INSERT INTO invoices_invoice (series_id, ordinal, invoice_number, invoice_date, seller_name, buyer_name, currency,
    subtotal, vat_amount, total_amount)
SELECT id, 1, 'DEMO1-000001', %s, 'a', 'b', 'SAR', 1, 0, 1 FROM invoices_series WHERE prefix = 'DEMO1'
"""


def lose_the_answer(monkeypatch: pytest.MonkeyPatch) -> None:
    """The first commit of a STOP is made, and the connection lost before the answer to it; Django closes it then."""
    set_stopping = runs._set_stopping

    def set_and_lose(run: Run) -> bool:
        monkeypatch.setattr(runs, "_set_stopping", set_stopping)
        set_stopping(run)
        connection.close()
        raise OperationalError("server closed the connection unexpectedly")

    monkeypatch.setattr(runs, "_set_stopping", set_and_lose)


def freeze_at(ticker: Ticker, lock: str, *parameters: object) -> Tick:
    """A tick that was held up at that lock, frozen there, and then released from it: only its process stands still."""
    with holding(lock, *parameters):
        tick = ticker.tick()
        tick.wait_until_held_up()
        tick.freeze()
    tick.wait_until_server_waits()
    return tick


@pytest.fixture
def announcing(run: Run, ticker: Ticker) -> Iterator[Tick]:
    """Ten invoices are inserted and announced, but not committed."""
    let_be_due(run, 10)
    yield from thawed(freeze_at(ticker, HEAD))


@pytest.fixture
def completing(run: Run, ticker: Ticker) -> Iterator[Tick]:
    """The last invoices are issued and the run's row is written, but nothing is committed."""
    let_be_due(run, 1490)
    while producer.tick():
        pass
    let_be_due(run, 1500)
    yield from thawed(freeze_at(ticker, RUN_ROW))


@pytest.fixture
def copying(ticker: Ticker) -> Iterator[Tick]:
    """In the middle of sending thousands of rows: the server waits for the next, and no time limit ends that."""
    run = runs.start(rate_per_second=Decimal(5000), duration_seconds=1000)
    let_be_due(run, 4000)
    yield from thawed(freeze_at(ticker, SAME_NUMBER, NOON))


def thawed(tick: Tick) -> Iterator[Tick]:
    yield tick
    tick.thaw()


def stop() -> Run:
    return runs.stop()


def purge() -> Run:
    reset.reset("demo", purge=True)
    return Run.objects.get()


@pytest.mark.parametrize(("where", "call"), [("announcing", purge), ("completing", stop), ("copying", stop)])
def test_a_stop_ends_a_frozen_tick(request: pytest.FixtureRequest, where: str, call: Callable[[], Run]) -> None:
    tick: Tick = request.getfixturevalue(where)
    before = Invoice.objects.count()
    ended = call()
    assert (ended.state, ended.final_count) == (Run.State.STOPPED, before)
    assert tick.thaw() == "OperationalError"
    assert producer.tick() == 0
    assert Invoice.objects.count() == before
    assert audit()["ok"]


def test_a_start_is_refused_at_once_although_the_tick_at_work_is_frozen(announcing: Tick) -> None:
    with pytest.raises(runs.AlreadyRunning):
        runs.start(rate_per_second=Decimal(5), duration_seconds=300)
    assert announcing.thaw() == "10"


def test_a_new_run_goes_on_where_the_frozen_one_was_ended(announcing: Tick) -> None:
    runs.stop()
    run = runs.start(rate_per_second=Decimal("0.1"), duration_seconds=1000)
    let_be_due(run, 3)
    assert producer.tick() == 3
    assert list(Invoice.objects.order_by("id").values_list("ordinal", flat=True)) == [1, 2, 3]


def test_a_tick_beside_a_frozen_one_returns_instead_of_waiting(announcing: Tick) -> None:
    assert producer.tick() == 0
    assert announcing.thaw() == "10"


def test_an_orphaned_stop_is_finished_by_a_tick_although_another_is_frozen(announcing: Tick, run: Run) -> None:
    Run.objects.filter(pk=run.pk).update(state=Run.State.STOPPING)
    assert producer.tick() == 0
    assert Run.objects.get().state == Run.State.STOPPED


def test_stop_waits_for_a_tick_that_is_alive_and_counts_what_it_issued(run: Run, ticker: Ticker) -> None:
    let_be_due(run, 10)
    ended: list[Run] = []

    def stop_in_thread() -> None:
        ended.append(runs.stop())
        connection.close()

    stopping = threading.Thread(target=stop_in_thread)
    with holding(HEAD):
        tick = ticker.tick()
        tick.wait_until_held_up()
        stopping.start()
        stopping.join(0.3)
        assert stopping.is_alive()
    stopping.join(HANG_SECONDS)
    assert tick.result() == "10"
    assert [run.final_count for run in ended] == [10]
    assert Invoice.objects.count() == demo().announced_count == 10


def test_a_tick_that_was_about_to_begin_when_stop_came_issues_nothing(run: Run) -> None:
    """It has read the run as running, and is overtaken before it has the run's lock."""
    let_be_due(run, 10)
    as_read = Run.objects.get()
    runs.stop()
    assert producer._issue_due(as_read) == 0
    assert Invoice.objects.count() == 0


def test_a_stop_holds_although_the_answer_of_postgresql_is_lost(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    lose_the_answer(monkeypatch)
    assert runs.stop().state == Run.State.STOPPED

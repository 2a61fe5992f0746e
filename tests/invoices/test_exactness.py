"""A run issues exactly its target, whether its ticks come late, twice, at once or are killed half way."""

from __future__ import annotations

import random
from decimal import Decimal

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from invoices.audit import audit
from invoices.generation import content, producer, runs
from invoices.generation.due import due_count, target_count, tick_limit
from invoices.models import Invoice, Run
from tests.invoices.children import Ticker, holding
from tests.invoices.clock import let_be_due, let_be_old, let_pass
from tests.invoices.samples import NOON, VAT_RATE, demo
from tests.invoices.threads import at_once
from tests.waiting import wait_for

pytestmark = pytest.mark.django_db

RATES = [Decimal(rate) for rate in ("0.1", "0.3", "1", "3.3333333333333335", "5", "9.9", "49.5")]
shapes = st.tuples(st.sampled_from(RATES), st.integers(1, 60)).filter(lambda shape: 1 <= target_count(*shape) <= 300)
# How old the run is at each tick, as a share of its duration: late, repeated, out of order, beyond its end.
ages = st.lists(st.floats(-0.1, 1.5), max_size=12)


def due_now(run: Run) -> int:
    run.refresh_from_db()
    elapsed = runs.read_clock() - run.started_at
    return due_count(rate_per_second=run.rate_per_second, target=run.target_count, elapsed=elapsed)


def check_whole(run: Run) -> None:
    """Assert that `run` is completed, and that its invoices are exactly those that its seed generates, each once."""
    run.refresh_from_db()
    terms = content.Terms(
        seed=run.seed, started_at=NOON, rate_per_second=run.rate_per_second, currency="SAR", vat_rate=VAT_RATE
    )
    expected = content.drafts(terms, first=1, count=run.target_count)
    columns = ("run_ordinal", "seller_name", "buyer_name", "subtotal")
    issued = Invoice.objects.filter(run=run).order_by("run_ordinal").values_list(*columns)
    assert (run.state, run.final_count) == (Run.State.COMPLETED, run.target_count)
    assert list(issued) == [
        (draft.run_ordinal, draft.seller_name, draft.buyer_name, draft.subtotal) for draft in expected
    ]


@given(shapes, ages, st.integers(0, 2**31))
@settings(max_examples=40, suppress_health_check=list(HealthCheck))
def test_any_schedule_of_ticks_ends_at_exactly_the_target(
    shape: tuple[Decimal, int], ages: list[float], seed: int
) -> None:
    rate, duration = shape
    with transaction.atomic():
        run, issued = runs.start(rate_per_second=rate, duration_seconds=duration, seed=seed), 0
        for age in ages:
            let_be_old(run, age * duration)
            owed = due_now(run)
            count = producer.tick()
            issued += count
            assert count <= tick_limit(rate)
            assert issued <= max(due_now(run), issued - count)
            assert issued >= min(owed, issued - count + tick_limit(rate))
        let_be_old(run, duration)
        while producer.tick():
            pass
        check_whole(run)
        transaction.set_rollback(True)


@pytest.mark.parametrize(("rate", "most"), [("0.1", 50), ("5", 50), ("120.5", 120), ("9000", 5000)])
def test_a_tick_after_a_long_stall_catches_up_by_a_bounded_step(rate: str, most: int) -> None:
    run = runs.start(rate_per_second=Decimal(rate), duration_seconds=1100)
    let_be_old(run, 1000)
    due = due_now(run)
    assert producer.tick() == min(most, due)
    assert runs.issued_count(run) == min(most, due)


def test_a_run_whose_ticks_stalled_until_after_its_end_is_made_up_for_whole() -> None:
    run = runs.start(rate_per_second=Decimal(5), duration_seconds=300, seed=11)
    let_be_old(run, 5000)
    counts = []
    while count := producer.tick():
        counts.append(count)
    assert counts == [50] * 30
    check_whole(run)


def test_the_first_invoice_is_due_one_period_after_the_start_and_no_earlier() -> None:
    run = runs.start(rate_per_second=Decimal("0.1"), duration_seconds=100)
    let_be_old(run, 5)
    assert producer.tick() == 0
    let_be_old(run, 10)
    assert producer.tick() == 1


def test_a_clock_that_steps_back_issues_nothing_twice(run: Run) -> None:
    let_be_due(run, 20)
    assert producer.tick() == 20
    let_be_due(run, 5)
    assert producer.tick() == 0
    let_be_due(run, 21)
    assert producer.tick() == 1


def test_two_runs_of_one_seed_issue_the_same(run: Run) -> None:
    let_be_due(run, 7)
    producer.tick()
    let_be_due(run, 9)
    producer.tick()
    runs.stop()
    again = runs.start(rate_per_second=Decimal("0.1"), duration_seconds=1000, seed=run.seed)
    let_be_due(again, 9)
    producer.tick()
    columns = ("run_ordinal", "seller_name", "buyer_name", "subtotal", "total_amount")
    issued = [list(Invoice.objects.filter(run=each).order_by("id").values_list(*columns)) for each in (run, again)]
    assert issued[0] == issued[1]
    assert len(issued[0]) == 9


@pytest.mark.django_db(transaction=True)
def test_ticks_at_once_issue_what_is_due_once(run: Run) -> None:
    let_be_due(run, 40)
    counts = at_once([producer.tick] * 8)
    assert sorted(count for count in counts if isinstance(count, int)) == [0] * 7 + [40]
    assert Invoice.objects.count() == demo().announced_count == 40


class Trouble:
    """A run whose ticks meet what a bad day has to offer, in an order that the seed decides."""

    def __init__(self, ticker: Ticker, seed: int) -> None:
        self.chance = random.Random(seed)
        self.ticker = ticker
        self.run = runs.start(rate_per_second=Decimal(20), duration_seconds=20, seed=seed)

    def on_time(self) -> None:
        producer.tick()

    def late(self) -> None:
        let_pass(self.run, self.chance.uniform(0, 2))
        producer.tick()

    def doubled(self) -> None:
        let_pass(self.run, self.chance.uniform(0, 1))
        at_once([producer.tick] * 3)

    def killed_half_way(self) -> None:
        """Its rows are inserted; its announcement waits for a lock that comes too late."""
        let_pass(self.run, self.chance.uniform(0.2, 1))
        with holding("SELECT 1 FROM streaming_feed WHERE name = 'demo' FOR UPDATE"):
            tick = self.ticker.tick()
            tick.wait_until_held_up()
            assert tick.kill() == "killed"

    def killed_somewhere(self) -> None:
        let_pass(self.run, self.chance.uniform(0.2, 1))
        self.ticker.tick().kill()

    def killed_while_others_tick(self) -> None:
        let_pass(self.run, self.chance.uniform(0.2, 1))
        tick = self.ticker.tick()
        at_once([producer.tick, producer.tick, tick.kill])

    WAYS = (on_time, late, doubled, killed_half_way, killed_somewhere, killed_while_others_tick)


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("seed", [1, 2, 3])
def test_a_bad_day_ends_at_exactly_the_target(ticker: Ticker, seed: int) -> None:
    trouble = Trouble(ticker, seed)
    for _ in range(10):
        trouble.chance.choice(Trouble.WAYS)(trouble)
        assert audit()["ok"]
    let_pass(trouble.run, 20)
    wait_for(lambda: producer.tick() == 0 and not runs.is_any_active(), "the run to be completed")
    check_whole(trouble.run)
    assert demo().announced_count == trouble.run.target_count
    assert audit()["ok"]

"""A run's states: running, then completed, or stopping and stopped; and there is only ever one active."""

from __future__ import annotations

from decimal import Decimal
from functools import partial

import pytest

from invoices.generation import producer, reset, runs
from invoices.models import Invoice, Run, Series
from tests.invoices.clock import let_be_due
from tests.invoices.samples import demo
from tests.invoices.threads import at_once

pytestmark = pytest.mark.django_db

State = Run.State


def start(rate: str = "5", seconds: int = 300, seed: int | None = 7) -> Run:
    return runs.start(rate_per_second=Decimal(rate), duration_seconds=seconds, seed=seed)


def bring_to_end(run: Run) -> None:
    """Tick until `run`, which is old enough, has issued everything."""
    while producer.tick():
        pass
    run.refresh_from_db()


def test_a_run_starts_running_with_its_target_and_nothing_issued(test_series: Series) -> None:
    run = start("3.3333333333333335", 3)
    assert (run.state, run.target_count, run.series, run.seed) == (State.RUNNING, 10, test_series, 7)
    assert (runs.issued_count(run), run.final_count, run.stopped_at) == (0, None, None)
    assert runs.latest() == run
    assert runs.is_any_active()


def test_nothing_is_active_before_the_first_run(db: None) -> None:
    assert runs.latest() is None
    assert not runs.is_any_active()
    assert producer.tick() == 0


def test_a_run_ends_its_duration_after_its_start(run: Run) -> None:
    assert (run.ends_at - run.started_at).total_seconds() == 15_000


def test_a_run_without_a_seed_gets_one_of_its_own(db: None) -> None:
    first = start(seed=None)
    runs.stop()
    assert start(seed=None).seed != first.seed


@pytest.mark.parametrize("seed", [-(2**63), 0, 2**63 - 1])
def test_any_seed_the_api_takes_is_kept(db: None, seed: int) -> None:
    assert start(seed=seed).seed == seed


@pytest.mark.parametrize(("rate", "seconds"), [("0.1", 1), ("0.1", 9), ("10000", 1001), ("10000", 86400)])
def test_a_run_that_would_issue_nothing_or_too_much_is_refused(db: None, rate: str, seconds: int) -> None:
    with pytest.raises(runs.BadRun, match="choose values"):
        start(rate, seconds)
    assert not Run.objects.exists()


@pytest.mark.parametrize(("rate", "seconds"), [("0.1", 10), ("10000", 1000)])
def test_the_smallest_and_the_largest_run_are_accepted(db: None, rate: str, seconds: int) -> None:
    assert 1 <= start(rate, seconds).target_count <= 10_000_000


def test_a_second_start_is_refused_and_changes_nothing(run: Run) -> None:
    with pytest.raises(runs.AlreadyRunning):
        start("10", 20)
    assert list(Run.objects.values_list("pk", "target_count")) == [(run.pk, 1500)]


def test_a_stop_without_a_run_is_refused(db: None) -> None:
    with pytest.raises(runs.NotRunning):
        runs.stop()


def test_stop_sets_the_run_to_stopped_with_what_it_had_issued(run: Run) -> None:
    let_be_due(run, 10)
    producer.tick()
    stopped = runs.stop()
    assert (stopped.state, stopped.final_count) == (State.STOPPED, 10)
    assert stopped.stopped_at is not None
    assert runs.issued_count(stopped) == 10
    assert not runs.is_any_active()


def test_a_second_stop_is_refused(run: Run) -> None:
    runs.stop()
    with pytest.raises(runs.NotRunning):
        runs.stop()


def test_nothing_is_issued_after_stop_however_long_it_has_been_running(run: Run) -> None:
    let_be_due(run, 10)
    producer.tick()
    runs.stop()
    let_be_due(run, 1000)
    assert [producer.tick() for _ in range(3)] == [0, 0, 0]
    assert Invoice.objects.count() == 10


def test_a_run_is_completed_by_the_tick_that_issues_its_last_invoice(run: Run) -> None:
    let_be_due(run, 1499)
    bring_to_end(run)
    assert (run.state, runs.issued_count(run)) == (State.RUNNING, 1499)
    let_be_due(run, 1500)
    assert producer.tick() == 1
    run.refresh_from_db()
    assert (run.state, run.final_count) == (State.COMPLETED, 1500)
    assert run.stopped_at is not None


def test_a_completed_run_cannot_be_stopped_and_issues_nothing_more(run: Run) -> None:
    let_be_due(run, 1500)
    bring_to_end(run)
    assert run.state == State.COMPLETED
    with pytest.raises(runs.NotRunning):
        runs.stop()
    assert producer.tick() == 0
    assert Invoice.objects.count() == 1500


@pytest.mark.parametrize("ended", ["stopped", "completed"])
def test_a_new_run_may_start_while_the_last_one_is_still_being_shown(run: Run, ended: str) -> None:
    let_be_due(run, 1500)
    if ended == "completed":
        bring_to_end(run)
    else:
        producer.tick()
        runs.stop()
    assert demo().queued_count > 0
    second = start("0.1", 500)
    let_be_due(second, 40)
    queued = demo().queued_count
    assert producer.tick() == 40
    assert demo().queued_count == queued + 40


def leave_stopping(run: Run) -> None:
    """Leave `run` as a STOP does whose process is killed immediately after its first commit."""
    assert Run.objects.filter(pk=run.pk, state=State.RUNNING).update(state=State.STOPPING) == 1


def test_an_orphaned_stop_is_finished_by_the_next_tick(run: Run) -> None:
    let_be_due(run, 10)
    producer.tick()
    leave_stopping(run)
    let_be_due(run, 500)
    assert runs.is_any_active()
    assert producer.tick() == 0
    run.refresh_from_db()
    assert (run.state, run.final_count, Invoice.objects.count()) == (State.STOPPED, 10, 10)


def test_an_orphaned_stop_is_finished_by_the_next_start(run: Run) -> None:
    leave_stopping(run)
    second = start()
    run.refresh_from_db()
    assert (run.state, second.state) == (State.STOPPED, State.RUNNING)


def test_an_orphaned_stop_is_finished_by_reset(run: Run) -> None:
    leave_stopping(run)
    reset.reset("demo")
    run.refresh_from_db()
    assert (run.state, run.final_count) == (State.STOPPED, 0)


@pytest.mark.parametrize("state", [State.STOPPED, State.COMPLETED])
def test_an_ended_run_never_moves_again(run: Run, state: Run.State) -> None:
    runs.complete(run) if state == State.COMPLETED else runs.stop()
    ended = Run.objects.values().get()
    for late in (partial(runs.complete, run), partial(runs.finish_stopping, run)):
        late()
        assert Run.objects.values().get() == ended


@pytest.mark.django_db(transaction=True)
def test_of_twenty_starts_at_once_one_wins() -> None:
    outcomes = at_once([start] * 20)
    assert len([outcome for outcome in outcomes if isinstance(outcome, Run)]) == 1
    assert len([outcome for outcome in outcomes if isinstance(outcome, runs.AlreadyRunning)]) == 19
    assert Run.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_of_many_stops_at_once_one_wins(run: Run) -> None:
    outcomes = at_once([runs.stop] * 8)
    assert len([outcome for outcome in outcomes if isinstance(outcome, Run)]) == 1
    assert len([outcome for outcome in outcomes if isinstance(outcome, runs.NotRunning)]) == 7


@pytest.mark.django_db(transaction=True)
def test_starts_and_stops_at_once_leave_one_run_or_none_active() -> None:
    def toggle() -> None:
        for _ in range(6):
            for call in (start, runs.stop):
                try:
                    call()
                except (runs.AlreadyRunning, runs.NotRunning):
                    pass

    assert at_once([toggle] * 5) == [None] * 5
    assert not runs.is_any_active() or Run.objects.filter(state__in=Run.ACTIVE).count() == 1
    assert not Run.objects.filter(state=State.STOPPING).exists()


@pytest.mark.django_db(transaction=True)
def test_an_answered_stop_never_leaves_an_invoice_of_its_run_to_come(run: Run) -> None:
    """Four tick as fast as they can while one stops: what was there at the answer is all there will ever be."""
    let_be_due(run, 1000)

    def tick_on() -> None:
        while runs.is_any_active():
            producer.tick()
        producer.tick()

    def stop() -> int:
        runs.stop()
        return Invoice.objects.count()

    *_, at_answer = at_once([tick_on] * 4 + [stop])
    assert Invoice.objects.count() == at_answer
    assert Run.objects.get().final_count == at_answer

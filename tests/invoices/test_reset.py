"""Reset stops, skips and clears; purge also drops what was generated, at once for readers, in time for the rows."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from functools import partial

import pytest
from django.db import connection

from invoices import queries, tasks, totals
from invoices.audit import audit
from invoices.generation import producer, reset, runs
from invoices.issue import issue
from invoices.models import Invoice, Run, Series
from invoices.series import current_test_series
from streaming import feed as feeds
from streaming.models import Skip
from tests.invoices.clock import let_be_due, let_pass
from tests.invoices.samples import demo, drafts, ordinals_of
from tests.invoices.threads import at_once

pytestmark = pytest.mark.django_db


def start() -> Run:
    return runs.start(rate_per_second=Decimal(1000), duration_seconds=10, seed=7)


def purge() -> None:
    reset.reset("demo", purge=True)


def test_reset_stops_the_run(run: Run) -> None:
    reset.reset("demo")
    run.refresh_from_db()
    assert run.state == Run.State.STOPPED


def test_reset_skips_what_is_queued_and_clears_the_screens(run: Run) -> None:
    let_be_due(run, 10)
    producer.tick()
    reset.reset("demo")
    shown = demo()
    assert (shown.announced_count, shown.queued_count, shown.skipped_count) == (10, 0, 10)
    assert shown.cleared_seq == 0
    assert list(Skip.objects.values_list("first_position", "last_position", "why")) == [(1, 10, "reset")]


def test_reset_keeps_invoices_and_totals(run: Run) -> None:
    let_be_due(run, 10)
    producer.tick()
    before = totals.refresh("demo")
    reset.reset("demo")
    assert Invoice.objects.count() == 10
    assert totals.refresh("demo") == before


def test_reset_of_an_empty_feed_succeeds(db: None) -> None:
    reset.reset("demo")
    reset.reset("demo")
    assert (demo().announced_count, Skip.objects.count()) == (0, 0)


def test_reset_of_the_live_feed_leaves_the_run_alone(run: Run, own_series: Series) -> None:
    issue(series_id=own_series.pk, drafts=drafts(3))
    reset.reset("live")
    run.refresh_from_db()
    assert run.state == Run.State.RUNNING
    assert feeds.display("live").skipped_count == 3


def test_real_invoices_are_never_purged(own_series: Series) -> None:
    issue(series_id=own_series.pk, drafts=drafts(3))
    with pytest.raises(reset.NotTestFeed, match="never deleted"):
        reset.reset("live", purge=True)
    assert feeds.display("live").queued_count == 3
    assert ordinals_of(own_series) == [1, 2, 3]


@pytest.fixture
def purged(run: Run) -> Series:
    """The closed series of a run that had issued ten invoices, beside a real one that had issued three."""
    let_be_due(run, 10)
    producer.tick()
    issue(series_id=Series.objects.get(prefix="INV").pk, drafts=drafts(3))
    purge()
    return Series.objects.get(prefix="DEMO1")


def test_purge_makes_count_and_totals_zero_at_once(purged: Series) -> None:
    found = totals.get("demo")
    amounts = {found[name] for name in ("subtotal_amount", "vat_amount", "total_amount", "average_amount")}
    assert (found["invoice_count"], amounts) == (0, {"0.00"})


def test_purge_takes_the_invoices_out_of_every_answer(purged: Series) -> None:
    assert queries.read_page("demo", limit=10) == queries.Page(items=[], next_id=None)
    assert queries.read_page("demo", limit=10, query="DEMO1").items == []
    with pytest.raises(queries.UnknownInvoice):
        queries.read_invoice("DEMO1-000001")
    with pytest.raises(queries.UnknownInvoice):
        queries.id_of("demo", "DEMO1-000001")
    assert Invoice.objects.filter(series=purged).count() == 10


def test_numbers_go_on_in_the_next_series_from_one(purged: Series) -> None:
    assert current_test_series().prefix == "DEMO2"
    run = runs.start(rate_per_second=Decimal("0.1"), duration_seconds=1000)
    let_be_due(run, 2)
    producer.tick()
    page = queries.read_page("demo", limit=10)
    assert [item["invoice_number"] for item in page.items] == ["DEMO2-000002", "DEMO2-000001"]


def test_purge_leaves_what_was_announced_shown_and_skipped(purged: Series) -> None:
    shown = demo()
    assert (shown.announced_count, shown.last_seq, shown.skipped_count) == (10, 0, 10)


def test_purge_leaves_real_invoices_alone(purged: Series) -> None:
    assert totals.refresh("live")["invoice_count"] == 3
    assert feeds.display("live").queued_count == 3


def test_purging_again_and_again_opens_one_series_after_the_other(db: None) -> None:
    for _ in range(3):
        purge()
    assert list(Series.objects.filter(kind="test").order_by("id").values_list("prefix", flat=True)) == [
        "DEMO1",
        "DEMO2",
        "DEMO3",
        "DEMO4",
    ]
    assert Series.objects.filter(kind="test", closed_at=None).count() == 1


def test_the_rows_of_a_purged_series_are_deleted_batch_by_batch(purged: Series) -> None:
    assert [reset.delete_purged(4) for _ in range(4)] == [4, 4, 2, 0]
    assert Invoice.objects.filter(series=purged).count() == 0
    assert Series.objects.get(pk=purged.pk).is_emptied


def test_deleting_leaves_open_and_real_series_alone(purged: Series, own_series: Series) -> None:
    issue(series_id=current_test_series().pk, drafts=drafts(2))
    while reset.delete_purged():
        pass
    assert ordinals_of(current_test_series()) == [1, 2]
    assert ordinals_of(own_series) == [1, 2, 3]
    assert totals.refresh("demo")["invoice_count"] == 2


def test_the_runs_of_a_purged_series_stay_as_history(purged: Series, run: Run) -> None:
    while reset.delete_purged():
        pass
    run.refresh_from_db()
    assert (run.state, runs.issued_count(run)) == (Run.State.STOPPED, 10)


def test_the_sweep_deletes_what_was_purged(purged: Series) -> None:
    tasks.sweep()
    assert Invoice.objects.filter(series=purged).count() == 0


@pytest.mark.django_db(transaction=True)
def test_purges_at_once_leave_one_open_series() -> None:
    assert at_once([purge] * 6) == [None] * 6
    assert Series.objects.filter(kind="test", closed_at=None).count() == 1
    assert start().series == current_test_series()


@pytest.mark.django_db(transaction=True)
def test_a_run_never_starts_in_a_series_that_is_purged_at_the_same_moment() -> None:
    for _ in range(8):
        at_once([start, purge, start, purge])
        active = Run.objects.filter(state__in=Run.ACTIVE).select_related("series")
        assert all(run.series.closed_at is None for run in active)
        assert current_test_series()
        purge()


@pytest.mark.django_db(transaction=True)
def test_starts_ticks_stops_resets_and_purges_at_once_leave_the_books_in_order() -> None:
    def tick() -> None:
        for _ in range(10):
            for run in Run.objects.filter(state=Run.State.RUNNING):
                let_pass(run, 0.05)
            producer.tick()

    def control(call: Callable[[], object]) -> None:
        for _ in range(5):
            try:
                call()
            except (runs.AlreadyRunning, runs.NotRunning):
                pass

    calls: list[Callable[[], object]] = [start, runs.stop, purge, partial(reset.reset, "demo")]
    outcomes = at_once([partial(control, call) for call in calls] + [tick] * 3)
    assert outcomes == [None] * 7
    assert audit()["ok"]
    assert connection.is_usable()

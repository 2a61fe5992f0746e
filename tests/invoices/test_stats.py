"""The totals of a feed: the sums of what is there, from the cache or from PostgreSQL, never behind what was answered."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from decimal import Decimal
from typing import Any

import pytest
from django.db import transaction
from django_redis import get_redis_connection
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from invoices import money, totals
from invoices.generation import producer, reset, runs
from invoices.issue import issue
from invoices.models import Invoice, Run, Series
from invoices.series import current_test_series
from tests.invoices.clock import let_be_due
from tests.invoices.samples import draft, drafts, run_sql
from tests.waiting import wait_for

pytestmark = pytest.mark.django_db


def without_source(found: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in found.items() if name != "source"}


def test_they_are_sums_and_an_average_as_text(test_series: Series) -> None:
    issue(series_id=test_series.pk, drafts=[draft("0.10"), draft("0.10"), draft("0.15")])
    found = totals.refresh("demo")
    moment = found.pop("as_of")
    [of_currency] = found.pop("currencies")
    assert of_currency.items() <= found.items()
    assert found == {
        "feed": "demo",
        "currency": "SAR",
        "invoice_count": 3,
        "subtotal_amount": "0.35",
        "vat_amount": "0.06",
        "total_amount": "0.41",
        "average_amount": "0.14",
        "source": "database",
    }
    assert datetime.fromisoformat(moment).utcoffset() is not None


def test_nothing_issued_is_zero_as_of_the_beginning(test_series: Series) -> None:
    found = totals.refresh("demo")
    amounts = {found[name] for name in ("subtotal_amount", "vat_amount", "total_amount", "average_amount")}
    assert (found["invoice_count"], amounts) == (0, {"0.00"})
    assert datetime.fromisoformat(found["as_of"]) == test_series.opened_at


def test_the_first_answer_comes_from_the_database_and_the_next_from_the_cache(test_series: Series) -> None:
    issue(series_id=test_series.pk, drafts=drafts(3))
    first, second = totals.get("demo"), totals.get("demo")
    assert (first["source"], second["source"]) == ("database", "cache")
    assert without_source(first) == without_source(second)


def test_a_refresh_is_what_everyone_reads_next(test_series: Series) -> None:
    totals.get("demo")
    issue(series_id=test_series.pk, drafts=drafts(3))
    assert totals.refresh("demo")["invoice_count"] == 3
    found = totals.get("demo")
    assert (found["invoice_count"], found["source"]) == (3, "cache")


def test_the_feeds_do_not_mix(test_series: Series, own_series: Series) -> None:
    issue(series_id=test_series.pk, drafts=drafts(3))
    issue(series_id=own_series.pk, drafts=drafts(2))
    assert [totals.get(feed)["invoice_count"] for feed in ("demo", "live", "demo", "live")] == [3, 2, 3, 2]


def test_all_series_of_a_feed_are_added_up(own_series: Series, shop_series: Series) -> None:
    issue(series_id=own_series.pk, drafts=[draft("10.00")])
    issue(series_id=shop_series.pk, drafts=[draft("20.00", number="1")])
    found = totals.get("live")
    assert (found["invoice_count"], found["subtotal_amount"], found["total_amount"]) == (2, "30.00", "34.50")


def test_currencies_are_asked_for_one_by_one(test_series: Series) -> None:
    issue(series_id=test_series.pk, drafts=[draft("10.00"), draft("20.00", currency="EUR")])
    found = [totals.get("demo", currency) for currency in ("SAR", "EUR", "USD", "SAR", "EUR", "USD")]
    assert [each["subtotal_amount"] for each in found] == ["10.00", "20.00", "0.00"] * 2
    assert [each["currency"] for each in found[3:]] == ["SAR", "EUR", "USD"]


def test_what_a_hub_reads_is_fresh_whatever_the_cache_holds(test_series: Series) -> None:
    totals.get("demo")
    issue(series_id=test_series.pk, drafts=drafts(3))
    assert totals.refresh("demo")["invoice_count"] == 3


amounts = st.lists(st.integers(1, 10**9).map(lambda cents: Decimal(cents).scaleb(-2)), min_size=1, max_size=20)


@given(amounts)
@settings(max_examples=25, suppress_health_check=list(HealthCheck))
def test_the_average_is_the_total_by_the_count_half_up(subtotals: list[Decimal]) -> None:
    with transaction.atomic():
        series = Series.objects.get(prefix="INV")
        issue(series_id=series.pk, drafts=[draft(subtotal) for subtotal in subtotals])
        found = totals.refresh("live", "SAR")
        total = sum((subtotal + money.vat_of(subtotal, Decimal("0.15")) for subtotal in subtotals), Decimal(0))
        assert found["total_amount"] == money.text(total)
        assert found["average_amount"] == money.text(money.average(total, len(subtotals)))
        transaction.set_rollback(True)


def issue_some() -> None:
    issue(series_id=current_test_series().pk, drafts=drafts(2))


def issue_in_euros() -> None:
    issue(series_id=current_test_series().pk, drafts=[draft(currency="EUR")])


def delete_some() -> None:
    run_sql("DELETE FROM invoices_invoice WHERE ordinal %% 2 = 0 AND series_id = %s", current_test_series().pk)


def purge() -> None:
    reset.reset("demo", purge=True)


def clean_up() -> None:
    reset.delete_purged()


def set_clock_back() -> None:
    """As the totals see it: their last change lies ahead of now."""
    run_sql("UPDATE invoices_totals SET changed_at = changed_at + interval '1 minute'")


@given(st.lists(st.sampled_from([issue_some, issue_in_euros, delete_some, purge, clean_up]), min_size=2, max_size=10))
@settings(max_examples=25, suppress_health_check=list(HealthCheck))
def test_the_moment_of_change_never_goes_back_and_rises_with_every_change(steps: list[Callable[[], None]]) -> None:
    with transaction.atomic():
        before = totals.refresh("demo")
        for step in steps:
            step()
            after = totals.refresh("demo")
            assert after["as_of"] >= before["as_of"]
            changed = {**after, "as_of": 0} != {**before, "as_of": 0}
            assert not changed or after["as_of"] > before["as_of"]
            before = after
        transaction.set_rollback(True)


def test_a_purge_counts_as_the_last_change_even_when_the_clock_was_set_back(test_series: Series) -> None:
    """Otherwise the cache would keep what was purged, because it seems newer."""
    issue_some()
    set_clock_back()
    before = totals.refresh("demo")
    purge()
    assert totals.refresh("demo")["as_of"] > before["as_of"]
    assert totals.get("demo")["invoice_count"] == 0


def stop() -> None:
    runs.stop()


def start_again() -> None:
    runs.start(rate_per_second=Decimal(5), duration_seconds=300)


def reset_feed() -> None:
    reset.reset("demo")


@pytest.mark.parametrize("currency", ["SAR", "EUR"])
@pytest.mark.parametrize("operation", [stop, reset_feed, start_again])
def test_a_read_after_an_operation_is_not_behind_it(
    run: Run, operation: Callable[[], None], currency: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(totals, "TTL_MS", 600_000)
    let_be_due(run, 10)
    # What an earlier test has left would expire during this one.
    get_redis_connection("default").delete(totals.cache_key("demo", currency))
    wait_for(lambda: totals.get("demo", currency)["source"] == "cache", "the cache to be filled")
    issue(series_id=run.series_id, drafts=[draft(currency="EUR")])
    producer.tick()
    if operation is start_again:
        Run.objects.update(state=Run.State.STOPPED, final_count=10, stopped_at=run.started_at)
    assert totals.get("demo", currency)["invoice_count"] == 0, "the premise: the cache is behind"
    operation()
    count = Invoice.objects.filter(series=current_test_series(), currency=currency).count()
    assert totals.get("demo", currency)["invoice_count"] == count


@pytest.mark.parametrize("currency", ["SAR", "EUR"])
def test_a_read_after_a_purge_sees_nothing_from_before(test_series: Series, currency: str) -> None:
    issue(series_id=test_series.pk, drafts=[draft(currency=currency)])
    assert totals.get("demo", currency)["invoice_count"] == 1
    purge()
    assert totals.get("demo", currency)["invoice_count"] == 0

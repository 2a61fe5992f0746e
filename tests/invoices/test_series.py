"""The series every database begins with, and the numbers they make."""

from __future__ import annotations

import pytest

from invoices import series as all_series
from invoices.generation import reset
from invoices.models import Series

pytestmark = pytest.mark.django_db


def prefixes() -> list[str]:
    return list(Series.objects.order_by("id").values_list("prefix", flat=True))


def test_a_database_begins_with_one_series_for_each_feed(test_series: Series, own_series: Series) -> None:
    assert [(series.feed_id, series.kind, series.last_ordinal) for series in (test_series, own_series)] == [
        ("demo", "test", 0),
        ("live", "internal", 0),
    ]


def test_migrating_again_opens_none(test_series: Series) -> None:
    before = prefixes()
    all_series.ensure_series()
    assert prefixes() == before


def test_migrating_after_a_purge_opens_none(test_series: Series) -> None:
    reset.reset("demo", purge=True)
    before = prefixes()
    all_series.ensure_series()
    assert prefixes() == before


def test_a_database_that_lost_its_series_gets_them_again(db: None) -> None:
    Series.objects.all().delete()
    all_series.ensure_series()
    assert prefixes() == ["DEMO1", "INV", "CN"]


def test_without_an_open_test_series_nothing_waits_for_one(test_series: Series) -> None:
    all_series.close(test_series)
    with pytest.raises(Series.DoesNotExist):
        all_series.lock_current_test_series()


def test_numbers_sort_in_the_order_of_issue_up_to_six_digits(own_series: Series) -> None:
    numbers = [own_series.number(ordinal) for ordinal in (1, 9, 10, 99_999, 999_999)]
    assert numbers == sorted(numbers)
    assert own_series.number(1_000_000) == "INV-1000000"


def test_the_longest_number_of_ours_fits() -> None:
    longest = Series(prefix="X" * 20).number(2**63 - 1)
    assert len(longest) <= 50

"""How times and rates are written."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from invoices import serialize
from runtime.formats import iso

moments = st.datetimes(timezones=st.timezones() | st.just(UTC), min_value=datetime(1900, 1, 1))  # noqa: DTZ001


def test_a_time_is_written_in_utc_with_microseconds() -> None:
    noon_in_riyadh = datetime(2026, 11, 21, 12, tzinfo=timezone(timedelta(hours=3)))
    assert iso(noon_in_riyadh) == "2026-11-21T09:00:00.000000Z"


@given(moments, moments)
def test_texts_sort_as_the_times_do(one: datetime, other: datetime) -> None:
    assert (iso(one) < iso(other)) == (one.astimezone(UTC) < other.astimezone(UTC))


@pytest.mark.parametrize(
    ("rate", "text"),
    [
        ("0.15", "0.15"),
        ("0.1500", "0.15"),
        ("0.155", "0.155"),
        ("0.0825", "0.0825"),
        ("0.2000", "0.20"),
        ("0.0000", "0.00"),
        ("0", "0.00"),
        ("1.0000", "1.00"),
    ],
)
def test_a_rate_has_two_decimals_at_least_and_no_padding(rate: str, text: str) -> None:
    assert serialize.rate(Decimal(rate)) == text


def test_a_document_of_several_rates_has_none() -> None:
    assert serialize.rate(None) is None

"""What a run owes: floor(elapsed x rate), exact in decimal arithmetic, never more than its target."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import assume, example, given
from hypothesis import strategies as st

from invoices.generation.due import (
    LEAST_CATCH_UP,
    MICROSECOND,
    MOST_PER_TICK,
    due_count,
    target_count,
    tick_limit,
)

# As the API makes them: the shortest decimal of a JSON number, kept in numeric(24, 18).
api_rates = st.floats(0.1, 10_000).map(lambda number: Decimal(repr(number)))
command_rates = st.decimals("0.1", "10000", places=18)
rates = st.one_of(api_rates, command_rates, st.sampled_from([Decimal(5), Decimal("0.1"), Decimal("9999.9")]))
stored_rates = rates.map(lambda rate: rate.quantize(Decimal("1e-18")))
durations = st.integers(1, 86_400)
moments = st.timedeltas(timedelta(days=-400), timedelta(days=400))


def exact_floor(rate: Decimal, elapsed: timedelta) -> int:
    return int(Fraction(rate) * (elapsed // MICROSECOND) / 1_000_000)


@given(stored_rates, durations, st.integers(0, 86_400 * 10**6))
@example(Decimal("0.1"), 10, 9_999_999)
@example(Decimal("0.1"), 10, 10_000_000)
@example(Decimal("3.3333333333333335"), 3, 3_000_000)
@example(Decimal("9999.9"), 10, 9_999_999)
@example(Decimal("5"), 300, 299_999_999)
@example(Decimal("0.300000000000000044"), 86_400, 10_000_000)
@example(Decimal("9999.999999999999999999"), 86_400, 86_400_000_000)
@example(Decimal("7464.960000086400000001"), 86_400, 86_399_999_999)
def test_due_is_the_exact_floor_up_to_the_target(rate: Decimal, duration: int, microseconds: int) -> None:
    target, elapsed = target_count(rate, duration), timedelta(microseconds=microseconds)
    due = due_count(rate_per_second=rate, target=target, elapsed=elapsed)
    assert due == min(target, exact_floor(rate, elapsed))


@given(rates, durations)
@example(Decimal("3.3333333333333335"), 3)
@example(Decimal("0.30000000000000004"), 10)
@example(Decimal("0.1"), 1)
def test_the_target_is_the_exact_floor_of_rate_times_duration(rate: Decimal, duration: int) -> None:
    assert target_count(rate, duration) == int(Fraction(rate) * duration)


@pytest.mark.parametrize(
    ("rate", "duration", "target"),
    [("5", 300, 1500), ("0.1", 1, 0), ("0.1", 10, 1), ("3.3333333333333335", 3, 10), ("9999.9", 10, 99_999)],
)
def test_targets_of_known_runs(rate: str, duration: int, target: int) -> None:
    assert target_count(Decimal(rate), duration) == target


@given(stored_rates, durations)
def test_at_its_end_a_run_owes_exactly_its_target(rate: Decimal, duration: int) -> None:
    target = target_count(rate, duration)
    assert due_count(rate_per_second=rate, target=target, elapsed=timedelta(seconds=duration)) == target


@given(stored_rates, durations, moments, moments)
def test_due_never_falls_while_time_goes_on(rate: Decimal, duration: int, one: timedelta, other: timedelta) -> None:
    target = target_count(rate, duration)
    earlier, later = sorted((one, other))
    counts = [due_count(rate_per_second=rate, target=target, elapsed=elapsed) for elapsed in (earlier, later)]
    assert counts == sorted(counts)


@given(stored_rates, durations, moments)
def test_due_lies_between_nothing_and_the_target(rate: Decimal, duration: int, elapsed: timedelta) -> None:
    target = target_count(rate, duration)
    assert 0 <= due_count(rate_per_second=rate, target=target, elapsed=elapsed) <= target


@given(stored_rates, durations, st.integers(1, 10**8))
def test_an_invoice_is_due_at_its_own_time_and_no_microsecond_earlier(
    rate: Decimal, duration: int, ordinal: int
) -> None:
    target = target_count(rate, duration)
    assume(ordinal <= target)
    moment = -(-Fraction(ordinal) * 10**6 // Fraction(rate))
    elapsed = timedelta(microseconds=int(moment))
    assert due_count(rate_per_second=rate, target=target, elapsed=elapsed) >= ordinal
    assert due_count(rate_per_second=rate, target=target, elapsed=elapsed - MICROSECOND) < ordinal


def test_the_clock_stepping_back_before_the_start_makes_nothing_due() -> None:
    assert due_count(rate_per_second=Decimal(5), target=1500, elapsed=timedelta(hours=-1)) == 0


@given(rates)
def test_a_tick_catches_up_by_about_a_second_within_its_bounds(rate: Decimal) -> None:
    limit = tick_limit(rate)
    assert LEAST_CATCH_UP <= limit <= MOST_PER_TICK
    assert limit in (LEAST_CATCH_UP, MOST_PER_TICK, int(rate))


@pytest.mark.parametrize(
    ("rate", "limit"), [("0.1", 50), ("5", 50), ("50", 50), ("51.9", 51), ("5000", 5000), ("10000", 5000)]
)
def test_what_a_tick_issues_at_most(rate: str, limit: int) -> None:
    assert tick_limit(Decimal(rate)) == limit

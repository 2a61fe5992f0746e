"""The clock of a replay: exact, never backwards, never beyond its window."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from fractions import Fraction
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from replays.timeline import MICROSECOND, clock_at, last_moment, midway, progress, ranges

EARLIEST = datetime(1900, 1, 1, tzinfo=UTC)
MOMENTS = st.timedeltas(min_value=timedelta(0), max_value=timedelta(days=110_000)).map(lambda after: EARLIEST + after)
WINDOWS = st.tuples(MOMENTS, MOMENTS).filter(lambda pair: pair[0] < pair[1])
SPEEDS = st.floats(1, 600).map(lambda speed: Decimal(repr(speed)))
ELAPSED = st.timedeltas(min_value=timedelta(days=-2), max_value=timedelta(days=400_000))
KEYS = st.lists(st.tuples(st.integers(1, 3), st.integers(1, 6)))


@given(window=WINDOWS, speed=SPEEDS, elapsed=ELAPSED)
def test_the_clock_is_the_start_plus_elapsed_times_speed_within_the_window(
    window: tuple[datetime, datetime], speed: Decimal, elapsed: timedelta
) -> None:
    begin, end = window
    own = clock_at(begins_at=begin, ends_at=end, speed=speed, elapsed=elapsed)
    exact = int(Fraction(speed) * max(0, elapsed // MICROSECOND))
    assert own == begin + min(exact, (end - begin) // MICROSECOND) * MICROSECOND
    assert 0 <= progress(begins_at=begin, ends_at=end, clock=own) <= 1


@given(window=WINDOWS, speed=SPEEDS, elapsed=st.tuples(ELAPSED, ELAPSED))
def test_the_clock_never_goes_back(
    window: tuple[datetime, datetime], speed: Decimal, elapsed: tuple[timedelta, timedelta]
) -> None:
    begin, end = window
    earlier, later = (clock_at(begins_at=begin, ends_at=end, speed=speed, elapsed=each) for each in sorted(elapsed))
    assert earlier <= later <= end


@given(window=WINDOWS)
def test_halving_a_slice_comes_to_its_beginning(window: tuple[datetime, datetime]) -> None:
    begin, end = window
    steps = 0
    while end > begin:
        assert begin <= midway(begin, end) < end
        end, steps = midway(begin, end), steps + 1
    assert steps < 60
    assert last_moment(end) == end - MICROSECOND


@given(keys=KEYS)
def test_ranges_are_the_same_rows_in_the_same_order_and_as_few_as_can_be(keys: list[tuple[int, int]]) -> None:
    found = ranges(keys)
    assert [(source, first + index) for source, first, count in found for index in range(count)] == keys
    for (source, first, count), (next_source, next_first, _) in pairwise(found):
        assert (source, first + count) != (next_source, next_first)

"""The pace is kept for any rows, rates and clocks: arithmetic only, in virtual time."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from itertools import pairwise

from hypothesis import assume, example, given, settings
from hypothesis import strategies as st

from streaming import pace
from tests.streaming.ledger import SMALLEST_GAP, largest_excess

START = datetime(2026, 11, 21, tzinfo=UTC)
MICROSECOND = timedelta(microseconds=1)
RATES = st.one_of(
    st.sampled_from([Decimal("0.1"), Decimal("0.7"), Decimal(2), Decimal("3.3"), Decimal(50), Decimal(1000)]),
    st.decimals(Decimal("0.1"), Decimal(1000), places=6),
)
# How late a pacer comes to a row that is due, in periods: mostly a little, at times very.
LATENESS = st.one_of(st.just(0.0), st.floats(0, 0.2), st.floats(0, 1.5), st.floats(0, 500))


@dataclass
class VirtualFeed:
    """A feed whose pacer sleeps exactly as long as requested, and is then late by a time that the test chooses."""

    rate: Decimal
    now: datetime = START
    grid: datetime = START
    shown_at: datetime | None = None
    moments: list[datetime] = field(default_factory=list)
    was_set_back: bool = False

    def show(self, late_periods: float) -> None:
        """Show one row as the pacer does: sleep until it is due, come late, look again under the lock."""
        sleeps = 0
        while (due := self.due()) > self.now:
            assert due - self.now <= pace.period(self.rate), "never sleeps more than one period"
            # The row before lay in the future when the clock was set back, and has come by the first waking.
            assert sleeps < (2 if self.was_set_back else 1), "sleeps once for each row"
            self.grid = min(self.grid, self.now + pace.period(self.rate))
            self.now = due
            sleeps += 1
        self.was_set_back = False
        self.now += late_periods * pace.period(self.rate)
        self.grid = pace.next_grid(grid=self.grid, moment=self.now, rate=self.rate)
        self.shown_at = self.now
        self.moments.append(self.now)

    def due(self) -> datetime:
        return pace.due_at(grid=self.grid, shown_at=self.shown_at, now=self.now, rate=self.rate)

    def seconds(self) -> list[float]:
        return [(moment - self.moments[0]) / timedelta(seconds=1) for moment in self.moments]

    def gaps(self) -> Iterator[timedelta]:
        for earlier, later in pairwise(self.moments):
            yield later - earlier


@given(rate=RATES, lateness=st.lists(LATENESS, min_size=2, max_size=60))
@settings(deadline=None)
def test_however_late_its_pacer_comes_a_feed_keeps_its_pace(rate: Decimal, lateness: list[float]) -> None:
    feed = VirtualFeed(rate)
    for late in lateness:
        feed.show(late)
    assert min(feed.gaps()) >= SMALLEST_GAP / float(rate) * timedelta(seconds=1) - MICROSECOND
    assert largest_excess(feed.seconds(), float(rate)) <= 2


@given(rate=RATES, count=st.integers(2, 200))
@settings(deadline=None)
def test_rows_on_time_lie_on_a_grid_of_one_period(rate: Decimal, count: int) -> None:
    feed = VirtualFeed(rate)
    for _ in range(count):
        feed.show(0)
    assert set(feed.gaps()) == {pace.period(rate)}


@given(
    rate=st.decimals(Decimal("0.1"), 50, places=3), lateness=st.lists(st.floats(0, 0.07), min_size=100, max_size=100)
)
@settings(deadline=None, max_examples=50)
def test_a_pacer_that_is_a_little_late_each_time_still_shows_the_rate(rate: Decimal, lateness: list[float]) -> None:
    """Lateness within what the smallest gap leaves moves single rows and not the grid."""
    feed = VirtualFeed(rate)
    for late in lateness:
        feed.show(late)
    periods = (feed.moments[-1] - feed.moments[0]) / pace.period(rate)
    assert abs(periods - 99) < 0.1


@given(rate=RATES, late=st.floats(1, 10_000))
@settings(deadline=None)
def test_a_late_row_is_made_up_for_by_one_period_at_most(rate: Decimal, late: float) -> None:
    feed = VirtualFeed(rate)
    feed.show(0)
    feed.show(late)
    stall = feed.now
    for _ in range(30):
        feed.show(0)
    periods = (feed.now - stall) / pace.period(rate)
    assert 29 - 0.01 <= periods <= 30 + 0.01


@given(before=RATES, after=RATES, late=LATENESS)
@settings(deadline=None)
def test_a_new_rate_holds_from_the_next_row_on(before: Decimal, after: Decimal, late: float) -> None:
    feed = VirtualFeed(before)
    feed.show(0)
    feed.show(late)
    feed.rate = after
    changed_at, first = feed.now, len(feed.moments)
    for _ in range(20):
        feed.show(0)
    new = feed.moments[first:]
    assert new[0] - changed_at <= pace.period(after) + MICROSECOND
    assert min(feed.gaps()) >= SMALLEST_GAP * min(pace.period(before), pace.period(after)) - MICROSECOND
    assert all(gap >= SMALLEST_GAP * pace.period(after) - MICROSECOND for gap in list(feed.gaps())[first - 1 :])
    assert largest_excess([(moment - new[0]) / timedelta(seconds=1) for moment in new], float(after)) <= 2


CHANGES = st.one_of(
    st.tuples(st.just("late"), LATENESS),
    st.tuples(st.just("rate"), RATES),
    st.tuples(st.just("step"), st.floats(-100_000, 100_000)),
)


@given(rate=RATES, changes=st.lists(CHANGES, max_size=40))
@example(rate=Decimal("0.1"), changes=[("late", 0.0), ("step", -1.0)])
@settings(deadline=None, max_examples=200)
def test_no_clock_step_or_new_rate_makes_it_sleep_or_hurry(rate: Decimal, changes: list[tuple[str, object]]) -> None:
    """A step of the clock parts two stretches of time; within each, the pace of the highest rate in it holds."""
    feed, stretches = VirtualFeed(rate), [0]
    fastest = rate
    for what, value in changes:
        match what, value:
            case "late", float(late):
                feed.show(late)
            case "rate", Decimal() as new:
                feed.rate = new
                fastest = max(fastest, new)
            case "step", float(seconds):
                feed.now += timedelta(seconds=seconds)
                feed.was_set_back |= seconds < 0
                stretches.append(len(feed.moments))
    feed.show(0)
    for begin, end in zip(stretches, [*stretches[1:], None], strict=True):
        stretch = [(moment - START) / timedelta(seconds=1) for moment in feed.moments[begin:end]]
        for earlier, later in pairwise(stretch):
            assert later - earlier >= SMALLEST_GAP / float(fastest) - 2e-6
        assert largest_excess(stretch, float(fastest)) <= 2


@given(rate=RATES, ahead=st.floats(1, 1e7))
@settings(deadline=None)
def test_a_due_time_far_ahead_is_at_most_one_period_away(rate: Decimal, ahead: float) -> None:
    grid = START + timedelta(seconds=ahead)
    assume(grid > START + pace.period(rate))
    for shown_at in (None, START, grid):
        due = pace.due_at(grid=grid, shown_at=shown_at, now=START, rate=rate)
        assert due == START + pace.period(rate)

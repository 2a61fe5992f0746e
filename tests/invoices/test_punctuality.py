"""Ticks that come late or not at all are counted, each once."""

from __future__ import annotations

from collections import Counter
from datetime import timedelta
from decimal import Decimal
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from invoices.generation.due import TICK_SECONDS, due_count
from invoices.generation.punctuality import Punctuality
from runtime import heartbeats


@pytest.fixture(autouse=True)
def counters(monkeypatch: pytest.MonkeyPatch) -> Counter[str]:
    fresh: Counter[str] = Counter()
    monkeypatch.setattr(heartbeats, "COUNTERS", fresh)
    return fresh


def tick_at(moments: list[float], *, rate: str = "5", most: int = 10**6, run_id: int = 1) -> tuple[int, int]:
    """Tick at these moments of a run, seconds after its start; returns how many were late and skipped."""
    heartbeats.COUNTERS.clear()
    punctuality, issued = Punctuality(), 0
    for moment in moments:
        elapsed, per_second = timedelta(seconds=moment), Decimal(rate)
        due = due_count(rate_per_second=per_second, target=10**9, elapsed=elapsed)
        punctuality.take(run_id=run_id, elapsed=elapsed, issued=issued, due=due, rate_per_second=per_second)
        issued = min(due, issued + most)
    assert heartbeats.COUNTERS["ticks"] == len(moments)
    return heartbeats.COUNTERS["ticks_late"], heartbeats.COUNTERS["ticks_skipped"]


def every(seconds: float, count: int) -> list[float]:
    return [seconds * (turn + 1) for turn in range(count)]


@pytest.mark.parametrize("rate", ["0.1", "1", "5", "7.3", "1000"])
def test_ticks_in_time_are_neither_late_nor_skipped(rate: str) -> None:
    assert tick_at(every(0.2, 200), rate=rate) == (0, 0)


def test_a_lost_tick_makes_the_next_one_late() -> None:
    assert tick_at([0.2, 0.4, 0.8, 1.0], rate="100") == (1, 1)


def test_a_tick_that_comes_a_little_late_is_in_time() -> None:
    assert tick_at([0.2, 0.4, 0.68, 0.8], rate="100") == (0, 0)


def test_a_stall_counts_once_however_long_catching_up_takes() -> None:
    assert tick_at([0.2, *[20.2 + moment for moment in every(0.2, 50)]], most=5) == (1, 99)


def test_a_new_worker_counts_what_was_missed_meanwhile() -> None:
    fresh = Punctuality()
    fresh.take(run_id=1, elapsed=timedelta(seconds=10), issued=10, due=50, rate_per_second=Decimal(5))
    assert heartbeats.COUNTERS == {"ticks": 1, "ticks_late": 1, "ticks_skipped": 38}


def test_two_workers_that_share_the_ticks_are_not_late_for_each_other() -> None:
    workers, issued = [Punctuality(), Punctuality()], 0
    for turn, moment in enumerate(every(0.2, 100)):
        due = due_count(rate_per_second=Decimal(5), target=10**9, elapsed=timedelta(seconds=moment))
        workers[turn % 2].take(
            run_id=1, elapsed=timedelta(seconds=moment), issued=issued, due=due, rate_per_second=Decimal(5)
        )
        issued = due
    assert heartbeats.COUNTERS["ticks_late"] == heartbeats.COUNTERS["ticks_skipped"] == 0


@given(st.lists(st.floats(0.01, 30), min_size=1, max_size=20))
def test_no_gap_counts_more_ticks_than_fit_into_it(gaps: list[float]) -> None:
    moments = [sum(gaps[: turn + 1]) for turn in range(len(gaps))]
    late, skipped = tick_at(moments)
    fitting = [int((later - earlier) / TICK_SECONDS) for earlier, later in pairwise([0.0, *moments])]
    assert skipped <= sum(fitting)
    assert late <= sum(count > 0 for count in fitting)

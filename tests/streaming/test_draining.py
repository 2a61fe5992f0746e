"""The estimated end of the queue follows the measured rate of display."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from decimal import Decimal

import pytest
from django.utils import timezone

from streaming import pace
from streaming.display import Display, display
from streaming.draining import drain_eta_seconds
from tests.streaming.ledger import run_sql

NOW = datetime(2026, 11, 21, tzinfo=timezone.get_default_timezone())
pytestmark = pytest.mark.django_db(transaction=True)


@pytest.mark.parametrize(
    ("rows", "seconds", "rate", "expected"),
    [
        (5, 2.5, "2", 2.0),  # on time
        (5, 2.9, "2", 2.0),  # the next row is not due yet
        (24, 3.0, "300", 8.0),  # an overloaded machine
        (1, 30.0, "0.1", 0.05),
    ],
)
def test_shown_rate_is_the_measured_one_unless_rows_are_on_time(
    rows: int, seconds: float, rate: str, expected: float
) -> None:
    found = pace.shown_rate(rows=rows, first_at=NOW - timedelta(seconds=seconds), now=NOW, rate=Decimal(rate))
    assert found == pytest.approx(expected, rel=0.05)


def shown(count: int, *, each_seconds: float) -> Display:
    """Feed demo after `count` rows were shown, one each `each_seconds`, the last of them now."""
    run_sql(
        "INSERT INTO streaming_shown (feed_id, seq, position, shown_at) SELECT 'demo', n, n,"
        f" clock_timestamp() - ({count} - n) * interval '{each_seconds} second' FROM generate_series(1, {count}) n"
    )
    run_sql(f"UPDATE streaming_cursor SET position = {count}, last_seq = {count} WHERE feed_id = 'demo'")
    return display("demo")


def test_feed_on_time_is_estimated_with_the_rate_that_is_set(announce: Callable[[int], None]) -> None:
    announce(100)
    assert drain_eta_seconds(shown(10, each_seconds=0.5)) == 45


def test_feed_that_shows_a_thirtieth_of_its_rate_is_estimated_with_what_it_shows(
    announce: Callable[[int], None], rate: Callable[[float], None]
) -> None:
    rate(300)
    announce(1000)
    assert drain_eta_seconds(shown(40, each_seconds=0.1)) == pytest.approx(96, rel=0.2)


def test_feed_that_shows_nothing_is_not_promised_to_drain_at_its_rate(
    announce: Callable[[int], None], rate: Callable[[float], None]
) -> None:
    rate(300)
    announce(300)
    assert drain_eta_seconds(display("demo")) == 1
    run_sql("UPDATE streaming_entry SET announced_at = announced_at - interval '1 minute'")
    run_sql("UPDATE streaming_cursor SET due_at = due_at - interval '1 minute'")
    assert drain_eta_seconds(display("demo")) > 1000


def test_empty_queue_is_drained() -> None:
    assert drain_eta_seconds(display("demo")) == 0

"""The feed second by second: what was issued, shown and queued, empty seconds included."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from itertools import pairwise

import pytest

from streaming import operations
from streaming.display import display
from streaming.seconds import read_seconds
from tests.streaming.ledger import run_sql, show_queued

pytestmark = pytest.mark.django_db(transaction=True)


def place(table: str, column: str, first_position: int, seconds_ago: int) -> None:
    """As if it had happened in the middle of the second so long ago."""
    run_sql(
        f"UPDATE streaming_{table} SET {column} = date_trunc('second', clock_timestamp()) + interval '0.5 seconds'"
        " - %s * interval '1 second' WHERE " + ("position" if table == "shown" else "first_position") + " >= %s",
        seconds_ago,
        first_position,
    )


def test_every_second_has_a_row_and_the_backlog_at_its_end(announce: Callable[[int], None]) -> None:
    announce(5)
    show_queued()
    announce(4)
    place("entry", "announced_at", 1, 7)
    place("entry", "announced_at", 6, 4)
    place("shown", "shown_at", 1, 4)
    operations.skip_queued("demo")
    announce(2)
    found = read_seconds("demo", 12)
    assert len(found) == 12
    assert {later.at - earlier.at for earlier, later in pairwise(found)} == {timedelta(seconds=1)}
    moves = [(second.issued, second.shown, second.backlog) for second in found if second.issued or second.shown]
    assert moves == [(5, 0, 5), (4, 5, 4), (2, 0, 2)]
    assert found[0].backlog == 0
    assert found[-1].backlog == display("demo").queued_count == 2


def test_a_feed_at_rest_has_empty_seconds(transactional_db: None) -> None:
    assert [(second.issued, second.shown, second.backlog) for second in read_seconds("live", 5)] == [(0, 0, 0)] * 5

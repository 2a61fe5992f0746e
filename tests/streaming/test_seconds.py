"""The feed by second: issued, shown and queued rows, including empty seconds."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest

from streaming import operations
from streaming.display import display
from streaming.seconds import read_seconds
from tests.streaming.ledger import run_sql, show_queued

pytestmark = pytest.mark.django_db(transaction=True)


def place(table: str, column: str, first_position: int, now: datetime, seconds_ago: int) -> None:
    """Date the rows from `first_position` on to the middle of the second that was `seconds_ago` before `now`."""
    moment = now.replace(microsecond=500_000) - timedelta(seconds=seconds_ago)
    position = "position" if table == "shown" else "first_position"
    run_sql(f"UPDATE streaming_{table} SET {column} = %s WHERE {position} >= %s", moment, first_position)


def test_every_second_has_a_row_and_the_backlog_at_its_end(announce: Callable[[int], None]) -> None:
    announce(5)
    show_queued()
    announce(4)
    now = datetime.now(UTC)
    place("entry", "announced_at", 1, now, 7)
    place("entry", "announced_at", 6, now, 4)
    place("shown", "shown_at", 1, now, 4)
    operations.skip_queued("demo")
    announce(2)
    found = read_seconds("demo", 600)
    assert len(found) == 600
    assert {later.at - earlier.at for earlier, later in pairwise(found)} == {timedelta(seconds=1)}
    moves = [(second.issued, second.shown, second.backlog) for second in found if second.issued or second.shown]
    assert moves == [(5, 0, 5), (4, 5, 4), (2, 0, 2)]
    assert found[0].backlog == 0
    assert found[-1].backlog == display("demo").queued_count == 2


def test_a_feed_at_rest_has_empty_seconds(transactional_db: None) -> None:
    assert [(second.issued, second.shown, second.backlog) for second in read_seconds("live", 5)] == [(0, 0, 0)] * 5

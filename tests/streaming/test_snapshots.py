"""A snapshot read sees rows and clearings in an order that screens can apply, whatever happens between its queries."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.db import connection

from streaming import operations, pacer
from streaming.feedstate import FeedState
from streaming.snapshots import read_feed
from tests.streaming.ledger import issue_rows, run_sql, show_queued

pytestmark = pytest.mark.django_db(transaction=True)
Meanwhile = Callable[[str, Callable[[], None]], None]


@pytest.fixture
def meanwhile() -> Iterator[Meanwhile]:
    """Have something happen once, right before the next query that names a certain table."""
    waiting: dict[str, Callable[[], None]] = {}

    def execute(run: Callable[..., Any], sql: str, params: Any, many: bool, context: Any) -> Any:
        for table in [table for table in waiting if f"FROM {table}" in sql]:
            waiting.pop(table)()
        return run(sql, params, many, context)

    with connection.execute_wrapper(execute):
        yield waiting.__setitem__


def clear_and_show_one() -> None:
    operations.skip_queued("demo", clear_screens=True)
    issue_rows(1)
    show_queued()


def test_the_first_reading_has_the_newest_rows_and_none_from_before_the_clearing(
    announce: Callable[[int], None],
) -> None:
    announce(3)
    show_queued()
    operations.skip_queued("demo", clear_screens=True)
    announce(2)
    show_queued()
    reading = read_feed("demo", None, False)
    assert [row.seq for row in reading.rows] == [4, 5]
    assert reading.display.cleared_seq == 3


def test_a_clearing_during_the_first_reading_leaves_no_row_from_before_it(
    announce: Callable[[int], None], meanwhile: Meanwhile
) -> None:
    """The first reading places no clearing among its rows, so it must not have one there."""
    announce(3)
    show_queued()

    meanwhile("streaming_shown", clear_and_show_one)
    state = FeedState("demo")
    state.take(read_feed("demo", None, True))
    state.take(read_feed("demo", state.last_seq, True))
    assert state.cleared_seq == 3
    assert [seq for seq, _ in state.rows] == [4]


def test_a_clearing_during_a_later_reading_stands_between_its_rows(
    announce: Callable[[int], None], meanwhile: Meanwhile
) -> None:
    announce(3)
    show_queued()
    state = FeedState("demo")
    state.take(read_feed("demo", None, True))
    announce(1)
    show_queued()

    meanwhile("streaming_feed", clear_and_show_one)
    while state.take(read_feed("demo", state.last_seq, True)):
        pass
    assert [seq for seq, _ in state.rows] == [5]
    assert list(state.log.frames)[-3:] == [
        f'{{"type":"invoice","seq":4,"invoice":{item_of(4)}}}',
        '{"type":"reset","last_seq":4}',
        f'{{"type":"invoice","seq":5,"invoice":{item_of(5)}}}',
    ]


def item_of(seq: int) -> str:
    return read_feed("demo", seq - 1, False).rows[0].item


def test_a_row_that_left_the_store_after_it_was_shown_is_null(announce: Callable[[int], None]) -> None:
    announce(2)
    show_queued()
    run_sql("DELETE FROM invoices_invoice WHERE ordinal = 1")
    rows = read_feed("demo", 0, False).rows
    assert rows[0].item == "null"
    assert rows[1].item.startswith("{")


def test_the_status_of_a_snapshot_read_has_no_head_beyond_its_rows(announce: Callable[[int], None]) -> None:
    announce(3)
    assert pacer.step("demo").seq == 1
    reading = read_feed("demo", 0, True)
    assert reading.status is not None
    assert reading.status["display"]["last_seq"] == 1
    assert [row.seq for row in reading.rows] == [1]

"""A step of the pacer, and concurrent steps of several pacers, on a real database."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from streaming import operations, pacer
from streaming.display import display
from streaming.models import Skip
from tests.streaming.ledger import (
    check_conserved,
    check_pace,
    issue_rows,
    numbers,
    run_sql,
    shown_positions,
    skipped_positions,
)
from tests.waiting import wait_for

pytestmark = pytest.mark.django_db(transaction=True)
# A row in a quarter of an hour, for what must not become due in the middle of a test; and longer than a row waits otherwise.
SLOW = 0.001
LONGEST_WAIT_SECONDS = 10.0
Announce = Callable[[int], None]
Rate = Callable[[float], None]
# How often a notification wakes the pacers, as announcements do.
WOKEN_SECONDS = 0.05


@contextmanager
def pacers(count: int) -> Iterator[None]:
    """Run `count` pacers of the demo feed, each in a thread with a connection of its own."""
    stop, failures = threading.Event(), []

    def pace() -> None:
        next_row = None
        try:
            while not stop.is_set():
                step = pacer.step("demo", next_row)
                next_row = step.next_row if step.wait_seconds < WOKEN_SECONDS else None
                stop.wait(min(step.wait_seconds, WOKEN_SECONDS))
        except Exception as error:
            failures.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=pace) for _ in range(count)]
    for thread in threads:
        thread.start()
    try:
        yield
    finally:
        stop.set()
        for thread in threads:
            thread.join()
    assert failures == []


def is_drained() -> bool:
    return not display("demo").queued_count


def step_when_due() -> pacer.Step:
    """Step like the pacer's loop until a row was shown."""
    pause = threading.Event()
    while (step := pacer.step("demo")).seq is None:
        assert step.wait_seconds <= LONGEST_WAIT_SECONDS
        pause.wait(step.wait_seconds)
    return step


# -- one pacer ---------------------------------------------------------------------------------------------------------


def test_with_nothing_queued_it_waits_to_be_woken(transactional_db: None) -> None:
    assert pacer.step("demo") == pacer.Step(seq=None, wait_seconds=pacer.IDLE_SECONDS)


def test_the_first_row_is_shown_at_once_and_the_next_says_how_long_to_wait(announce: Announce, rate: Rate) -> None:
    rate(SLOW)
    announce(2)
    assert pacer.step("demo").seq == 1
    step = pacer.step("demo")
    assert step.seq is None
    assert 0 < step.wait_seconds <= 1 / SLOW


def test_what_it_waits_for_is_loaded_before_its_time(announce: Announce, rate: Rate) -> None:
    """When the row is due only the lock, the clock and the writing are left."""
    rate(1)
    announce(2)
    pacer.step("demo")
    waiting = pacer.step("demo")
    assert waiting.next_row is not None
    threading.Event().wait(waiting.wait_seconds)
    with CaptureQueriesContext(connection) as queries:
        assert pacer.step("demo", waiting.next_row).seq == 2
    assert len(queries) <= 7
    assert "streaming_feed" not in str(queries.captured_queries)
    assert "invoices_invoice" not in str(queries.captured_queries)


def test_what_it_waited_for_is_shown_no_sooner_and_not_when_things_changed(announce: Announce, rate: Rate) -> None:
    rate(SLOW)
    announce(3)
    pacer.step("demo")
    next_row = pacer.step("demo").next_row
    assert next_row is not None
    rate(SLOW / 2)
    assert pacer.step("demo", next_row) == pacer.Step()
    rate(1000)
    operations.skip_queued("demo")
    assert pacer.step("demo", next_row) == pacer.Step()
    announce(1)
    assert step_when_due().seq == 2
    assert shown_positions() == [1, 4]


def test_in_mode_latest_it_reads_again_at_the_last_moment(announce: Announce, rate: Rate) -> None:
    rate(SLOW)
    operations.set_pace("demo", mode="latest")
    announce(1)
    pacer.step("demo")
    announce(1)
    step = pacer.step("demo")
    assert step.wait_seconds > 0
    assert step.next_row is None


def test_a_feed_that_had_nothing_to_show_owes_nothing(announce: Announce, rate: Rate) -> None:
    """After a rest the second row waits a full period: there is no lateness to make up for."""
    rate(2)
    announce(1)
    step_when_due()
    run_sql("UPDATE streaming_cursor SET due_at = due_at - interval '1 hour', shown_at = shown_at - interval '1 hour'")
    announce(2)
    for _ in range(2):
        step_when_due()
    moments = check_pace(2, after_seq=1)
    assert moments[1] - moments[0] >= timedelta(seconds=0.47)


def test_a_new_rate_holds_at_once(announce: Announce, rate: Rate) -> None:
    rate(SLOW)
    announce(3)
    assert pacer.step("demo").seq == 1
    assert pacer.step("demo").wait_seconds > LONGEST_WAIT_SECONDS
    rate(50)
    # The next row waits a period of the new rate at most: it is shown before any wait of the old one could end.
    assert step_when_due().seq == 2


@pytest.mark.parametrize("step", ["1 hour", "400 days"])
def test_a_due_time_far_ahead_heals_within_one_period(announce: Announce, rate: Rate, step: str) -> None:
    """After a clock was set back, the next due time and the time of the last row lie far ahead."""
    rate(10)
    announce(3)
    assert pacer.step("demo").seq == 1
    run_sql(f"UPDATE streaming_cursor SET due_at = due_at + interval '{step}', shown_at = shown_at + interval '{step}'")
    assert step_when_due().seq == 2
    assert step_when_due().seq == 3


def test_a_row_that_is_gone_is_skipped_as_removed(announce: Announce, rate: Rate) -> None:
    rate(1000)
    announce(6)
    run_sql("DELETE FROM invoices_invoice WHERE ordinal IN (1, 3, 4, 6)")
    with pacers(2):
        wait_for(is_drained, "every row to be shown")
    assert shown_positions() == [2, 5]
    assert skipped_positions("removed") == [1, 3, 4, 6]
    check_conserved()


def test_a_skip_passes_over_what_is_queued_and_the_next_row_takes_the_next_number(
    announce: Announce, rate: Rate
) -> None:
    rate(1000)
    announce(3)
    assert step_when_due().seq == 1
    assert operations.skip_queued("demo") == 2
    announce(1)
    assert step_when_due().seq == 2
    assert shown_positions() == [1, 4]
    assert skipped_positions("skip") == [2, 3]
    check_conserved()


def test_a_skip_of_nothing_writes_no_skip(announce: Announce) -> None:
    assert operations.skip_queued("demo") == 0
    assert not Skip.objects.exists()


# -- mode latest -------------------------------------------------------------------------------------------------------


def announce_unloadable(count: int) -> None:
    """Positions that only mode latest passes over: what they would show is nowhere."""
    operations.announce("demo", origin_id=0, first_ordinal=1, count=count)


def test_mode_latest_shows_the_newest_and_skips_the_rest(announce: Announce, rate: Rate) -> None:
    rate(1000)
    operations.set_pace("demo", mode="latest")
    announce(10)
    assert step_when_due().seq == 1
    announce(1)
    assert step_when_due().seq == 2
    assert shown_positions() == [10, 11]
    assert skipped_positions("latest") == list(range(1, 10))
    check_conserved()


def queries_of_a_latest_step(backlog: int) -> int:
    operations.announce("demo", origin_id=0, first_ordinal=1, count=backlog)
    issue_rows(1)
    run_sql("UPDATE streaming_cursor SET due_at = 'epoch', shown_at = NULL")
    with CaptureQueriesContext(connection) as queries:
        assert pacer.step("demo").seq is not None
    return len(queries)


def test_mode_latest_skips_ten_million_rows_as_cheaply_as_ten(announce: Announce) -> None:
    operations.set_pace("demo", mode="latest")
    assert queries_of_a_latest_step(10) == queries_of_a_latest_step(10_000_000)
    assert display("demo").skipped_count == 10_000_010
    check_conserved()


def rows_touched_by_skip(entries: int) -> dict[str, int]:
    """What an operator's skip does to the tables of the feed, with that many announcements of a thousand rows queued."""
    run_sql(
        "INSERT INTO streaming_entry (feed_id, first_position, count, origin_id, first_ordinal, announced_at)"
        " SELECT 'demo', position + 1 + 1000 * n, 1000, 0, 1 + 1000 * n, now()"
        f" FROM streaming_feed, generate_series(0, {entries - 1}) AS n WHERE name = 'demo'"
    )
    run_sql(f"UPDATE streaming_feed SET position = position + {1000 * entries} WHERE name = 'demo'")
    before = display("demo")
    with CaptureQueriesContext(connection) as queries:
        operations.skip_queued("demo")
    after = display("demo")
    assert (after.queued_count, after.skipped_count - before.skipped_count) == (0, 1000 * entries)
    return {"queries": len(queries), "skips": Skip.objects.count()}


def test_ten_million_queued_rows_are_skipped_as_cheaply_as_a_thousand(db: None) -> None:
    few, many = rows_touched_by_skip(1), rows_touched_by_skip(10_000)
    assert many == {"queries": few["queries"], "skips": few["skips"] + 1}
    check_conserved()


def test_modes_may_change_in_the_middle_of_a_backlog(announce: Announce, rate: Rate) -> None:
    rate(1000)
    announce(20)
    step_when_due()
    operations.set_pace("demo", mode="latest")
    step_when_due()
    operations.set_pace("demo", mode="every")
    announce(3)
    with pacers(1):
        wait_for(is_drained, "every row to be shown")
    assert shown_positions() == [1, 20, 21, 22, 23]
    check_conserved()


# -- several pacers ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("count", [1, 2, 4])
def test_however_many_pacers_each_row_is_shown_once_in_order_and_at_the_pace(
    announce: Announce, rate: Rate, count: int
) -> None:
    rate(200)
    announce(150)
    with pacers(count):
        wait_for(is_drained, "every row to be shown")
    assert shown_positions() == list(range(1, 151))
    moments = check_pace(200)
    assert moments[-1] - moments[0] >= timedelta(seconds=149 * 0.9 / 200)
    check_conserved()


def test_rows_announced_while_four_pacers_show_are_shown_in_the_order_of_issue(announce: Announce, rate: Rate) -> None:
    rate(500)
    with pacers(4):
        for _ in range(40):
            announce(5)
        wait_for(is_drained, "every row to be shown")
    assert shown_positions() == list(range(1, 201))
    check_pace(500)
    assert len(numbers()) == 200


def test_skips_and_resets_while_pacers_show_lose_and_double_nothing(announce: Announce, rate: Rate) -> None:
    rate(500)
    with pacers(3):
        for clear_screens in (False, True, False, True):
            announce(100)
            seen = display("demo").last_seq
            wait_for(lambda seen=seen: display("demo").last_seq >= seen + 10, "ten rows more")  # type: ignore[misc]
            operations.skip_queued("demo", clear_screens=clear_screens)
        announce(10)
        wait_for(is_drained, "every row to be shown")
    shown, skipped = shown_positions(), skipped_positions("skip") + skipped_positions("reset")
    assert sorted(shown + skipped) == list(range(1, 411))
    assert shown == sorted(shown)
    assert shown[-10:] == list(range(401, 411))
    check_pace(500)
    check_conserved()


def test_changes_of_rate_and_mode_while_pacers_show_conserve_every_row(announce: Announce, rate: Rate) -> None:
    with pacers(3):
        for per_second, mode in ((200, "every"), (1000, "latest"), (50, "every"), (1000, "every")):
            announce(60)
            operations.set_pace("demo", mode=mode)
            rate(per_second)
            wait_for(lambda: display("demo").queued_count <= 50, "most rows to be shown")
        wait_for(is_drained, "every row to be shown")
    every = shown_positions() + skipped_positions("latest")
    assert sorted(every) == list(range(1, 241))
    check_conserved()


def test_a_pacer_that_comes_late_to_a_row_does_nothing(announce: Announce, rate: Rate) -> None:
    """The pacer reads the feed before another one shows the row, and sees under the lock that the row was shown."""
    rate(1000)
    announce(2)
    seen: list[Any] = []

    def overtake(run: Callable[..., Any], sql: str, *arguments: Any) -> Any:
        if "FOR NO KEY UPDATE" in sql and not seen:
            seen.append(sql)
            other = threading.Thread(target=overtaking)
            other.start()
            other.join()
        return run(sql, *arguments)

    def overtaking() -> None:
        assert pacer.step("demo").seq == 1
        connection.close()

    with connection.execute_wrapper(overtake):
        assert pacer.step("demo") == pacer.Step()
    assert seen
    assert shown_positions() == [1]

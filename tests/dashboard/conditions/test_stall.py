"""Conditions about stalled work, over checks at given moments."""

from __future__ import annotations

from dashboard.conditions.stall import Drain, Shrinking, Stall


def test_stall_counts_only_while_something_should_move_and_does_not() -> None:
    stall = Stall()
    assert stall.look(7, should_move=True, now=100.0) == 0
    assert stall.look(7, should_move=True, now=102.0) == 2
    assert stall.look(7, should_move=True, now=104.0) == 4
    assert stall.look(8, should_move=True, now=106.0) == 0
    assert stall.look(8, should_move=False, now=108.0) == 0
    assert stall.look(8, should_move=True, now=110.0) == 2


def test_a_gap_between_two_checks_counts_as_five_seconds_at_most() -> None:
    stall = Stall()
    stall.look(7, should_move=True, now=0.0)
    assert stall.look(7, should_move=True, now=3600.0) == 5


def test_queue_that_was_shorter_once_has_progressed() -> None:
    shrinking = Shrinking()
    assert [shrinking.look(count) for count in (0, 3, 3, 5, 4, 9)] == [0, 0, 0, 0, 1, 1]


def drained(*looks: tuple[int, int], rate: float = 300.0) -> float | None:
    """The verdict after these looks (announced, passed), two seconds apart."""
    drain = Drain()
    found = None
    for number, (announced, passed) in enumerate(looks):
        found = drain.look(announced=announced, passed=passed, rate=rate, now=2.0 * number)
    return found


def test_queue_that_grows_although_the_feed_has_room_is_found_with_what_passes() -> None:
    # 20 rows per second come in, 8 are shown, 300 may be.
    assert drained(*((1000 + 40 * n, 16 * n) for n in range(7))) == 8.0


def test_queue_that_shrinks_is_fine_however_slowly() -> None:
    assert drained(*((1000 + 10 * n, 16 * n) for n in range(7))) is None


def test_queue_of_a_feed_that_takes_in_more_than_it_may_show_is_fine() -> None:
    # The standard run: 5 per second come in, 2 are shown.
    assert drained(*((10 * n, 4 * n) for n in range(100)), rate=2.0) is None


def test_queue_is_judged_after_ten_seconds() -> None:
    assert drained(*((1000 + 40 * n, 16 * n) for n in range(5))) is None

"""Loops in threads: they go on after errors, are woken, are started again when they hang, and end when asked."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any

import pytest

from runtime import loops
from runtime.background_loops import BackgroundLoop, LoopSpec
from tests.waiting import HANG_SECONDS, wait_for

NEVER = 3600.0


def begin(request: pytest.FixtureRequest, turn: Callable[[], bool], **changes: Any) -> BackgroundLoop:
    given: dict[str, Any] = {
        "name": request.node.name,
        "every_seconds": NEVER,
        "within_seconds": NEVER,
    }
    loop = BackgroundLoop(LoopSpec(turn=turn, **given | changes))
    request.addfinalizer(lambda: loop.join(HANG_SECONDS))
    request.addfinalizer(loop.stop)
    loop.start()
    return loop


def test_turns_follow_each_other_while_there_is_more_to_do(request: pytest.FixtureRequest) -> None:
    turns: list[int] = []

    def turn() -> bool:
        turns.append(1)
        return len(turns) < 5

    begin(request, turn)
    wait_for(lambda: len(turns) == 5, "five turns")


def test_a_notification_is_followed_by_a_turn(request: pytest.FixtureRequest) -> None:
    turns: list[int] = []

    def turn() -> bool:
        turns.append(1)
        return False

    loop = begin(request, turn)
    for count in (1, 2, 3):
        wait_for(lambda count=count: len(turns) >= count, "a turn")  # type: ignore[misc]
        loop.wake()


def test_an_error_costs_a_turn_and_not_the_loop(request: pytest.FixtureRequest, caplog: Any) -> None:
    turns: list[int] = []
    given_back: list[int] = []

    def turn() -> bool:
        turns.append(1)
        if len(turns) < 3:
            raise ValueError("not now")
        return False

    begin(request, turn, after_error=lambda: given_back.append(1))
    wait_for(lambda: len(turns) == 3, "a turn after two errors")
    assert len(given_back) == 2
    assert caplog.text.count("the loop goes on") == 1


def test_a_loop_gives_back_what_it_holds_before_it_pauses(request: pytest.FixtureRequest) -> None:
    turns: list[int] = []
    held_at: list[int] = []

    def turn() -> bool:
        turns.append(1)
        return len(turns) < 3

    begin(request, turn, before_pause=lambda: held_at.append(len(turns)))
    wait_for(lambda: held_at, "the pause")
    assert held_at == [3]


def test_a_loop_that_hangs_is_replaced_and_makes_no_further_turn(request: pytest.FixtureRequest) -> None:
    release, threads = threading.Event(), list[threading.Thread]()

    def turn() -> bool:
        threads.append(threading.current_thread())
        if len(threads) == 1:
            release.wait(HANG_SECONDS)
        return False

    loop = begin(request, turn, within_seconds=0.1)
    wait_for(lambda: len(threads) == 2, "a second thread")
    release.set()
    threads[0].join(HANG_SECONDS)
    loop.wake()
    wait_for(lambda: len(threads) >= 3, "a further turn")
    assert threads[0] not in threads[1:]


def test_a_loop_that_was_stopped_is_watched_no_more(request: pytest.FixtureRequest) -> None:
    loop = begin(request, lambda: False)
    wait_for(lambda: request.node.name in {each.name for each in loops.read_loops()}, "the watch")
    loop.stop()
    loop.join(HANG_SECONDS)
    assert request.node.name not in {each.name for each in loops.read_loops()}


def test_helpers_make_turns_at_once_while_there_is_no_end_of_the_work(
    request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("runtime.background_loops.BUSY_SECONDS", 0.0)
    meeting, helper = threading.Barrier(3), f"{request.node.name}-helper"
    come: list[str] = []
    met: list[str] = []

    def turn() -> bool:
        name = threading.current_thread().name
        if name == helper:
            come.append(name)
        elif len(come) < 2:
            return True
        meeting.wait(HANG_SECONDS)
        met.append(name)
        return False

    begin(request, turn, most_helpers=2)
    wait_for(lambda: len(met) == 3, "the loop and both helpers to meet")
    assert sorted(met) == [request.node.name, helper, helper]


def test_a_helper_gives_back_what_it_holds_also_after_an_error(
    request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch, caplog: Any
) -> None:
    monkeypatch.setattr("runtime.background_loops.BUSY_SECONDS", 0.0)
    given_back: list[str] = []

    def turn() -> bool:
        if threading.current_thread().name.endswith("-helper"):
            raise ValueError("not now")
        return not given_back

    begin(request, turn, most_helpers=1, after_error=lambda: given_back.append(threading.current_thread().name))
    wait_for(lambda: given_back, "the helper to end")
    assert given_back[0] == f"{request.node.name}-helper"
    assert "A helper of the loop" in caplog.text

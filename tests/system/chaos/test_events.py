"""The set `events` finds nothing in the product, and finds a planted cursor by id; its checker distinguishes faults.

The schedules run in a process of their own, because they set Django up on servers of their own.
"""

from __future__ import annotations

import subprocess
import sys

import pytest

from tests.system.chaos.events import checker, plan
from tests.system.chaos.planted import events
from tests.system.chaos.planted.bugs import BUGS
from tests.waiting import HANG_SECONDS


def run(*options: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "tests.system.chaos", "--set", "events", "--seed", "1", *options]
    return subprocess.run(command, capture_output=True, text=True, timeout=2 * HANG_SECONDS)


def kinds(facts: dict[str, int], *done: int) -> list[str]:
    return [violation.kind for violation in checker.check(facts, {("alpha", "a"): done})]


@pytest.mark.long
def test_no_event_is_lost_or_doubled() -> None:
    done = run("--count", "4")
    assert done.returncode == 0, done.stdout[-5000:] + done.stderr[-2000:]
    assert done.stdout.endswith("4 schedules, 0 lost, 0 doubled, 0 wrong\n")


def test_a_cursor_by_id_is_found() -> None:
    # It ends with the first schedule that finds the bug: in some of them a slow machine has too few events.
    done = run("--count", "100", "--bug", "event-cursor-by-id")
    assert done.returncode == 1, done.stdout[-5000:] + done.stderr[-2000:]
    assert "LOST     I16" in done.stdout


def test_every_bug_of_the_set_is_registered() -> None:
    assert set(events.NAMES) <= set(BUGS)


def test_a_seed_makes_the_same_schedule() -> None:
    assert plan.make(7) == plan.make(7)
    assert len({plan.make(seed).faults for seed in range(20)}) == 20


def test_the_checker_distinguishes_what_is_wrong() -> None:
    assert kinds({"a": 3}, 1, 2, 3) == []
    assert kinds({"a": 3}, 1, 3) == ["lost"]
    assert kinds({"a": 3}, 1, 2, 2, 3) == ["doubled"]
    assert kinds({"a": 3}, 1, 3, 2) == ["wrong"]
    assert kinds({"a": 2}, 1, 2, 3) == ["wrong"]

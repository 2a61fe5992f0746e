"""The set `bounds` finds what is wrong in answers and health, and its runs say what they skip and how long things took."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.stack import Stack
from tests.system.chaos import recovery, schedule
from tests.system.chaos.bounds.cases import CASES
from tests.system.chaos.bounds.looks import Looks
from tests.system.chaos.bounds.sizes import FULL, SMOKE
from tests.system.chaos.bounds.trial import Trial
from tests.system.chaos.history import History
from tests.system.chaos.planted import bounds
from tests.system.chaos.planted.registry import BUGS
from tests.system.chaos.product import Answer, Product
from tests.system.chaos.recovery import Recovery

DOWN: dict[str, Any] = {"services": {"postgres": "down", "redis": "up"}, "conditions": []}
REASON: dict[str, Any] = {"detail": "The disk is full. Try again in a moment.", "conditions": []}


@pytest.fixture
def trial(tmp_path: Path) -> Trial:
    """A trial on a product that does not run."""
    product = Product(Stack(data_dir=tmp_path / "data"))
    return Trial(product=product, history=History(), sizes=SMOKE, seed=1)


def judged(trial: Trial, path: str, status: int | None, body: dict[str, Any] | None = None) -> list[str]:
    Looks(trial).judge(path, Answer(status=status, body=body or {}, began=0.0, ended=1.0))
    return [violation.text for violation in trial.violations]


@pytest.mark.parametrize(
    ("path", "status", "body"),
    [
        ("/healthz", 503, {}),
        ("/readyz", 503, {"services": {"postgres": "up", "redis": "up"}, "conditions": []}),
        ("/api/stats?feed=demo", 503, {"conditions": []}),
        ("/api/stats?feed=demo", 503, {"detail": "Try again in a moment."}),
        ("/system/", 500, {}),
        ("/api/invoices?feed=demo&limit=5", 500, REASON),
    ],
)
def test_answer_that_is_a_failure_or_gives_no_reason_is_wrong(
    trial: Trial, path: str, status: int, body: dict[str, Any]
) -> None:
    assert judged(trial, path, status, body)


@pytest.mark.parametrize(
    ("path", "status", "body"),
    [
        ("/healthz", 200, {}),
        ("/readyz", 503, DOWN),
        ("/readyz", 503, {"detail": "The database did not answer in time, because it is busy.", "conditions": []}),
        ("/api/stats?feed=demo", 503, REASON),
        ("/system/", 503, {}),
        ("/?feed=demo", 302, {}),
        ("/metrics", None, {}),
    ],
)
def test_answer_that_is_right_or_says_why_not_is_fine(
    trial: Trial, path: str, status: int | None, body: dict[str, Any]
) -> None:
    assert judged(trial, path, status, body) == []


def test_process_that_answers_nothing_for_long_is_wrong(trial: Trial) -> None:
    looks, silence = Looks(trial), Answer(status=None, body={}, began=0.0, ended=20.0)
    looks.judge("/healthz", silence)
    looks.judge("/healthz", silence)
    assert trial.violations == []
    looks.judge("/healthz", silence)
    assert [violation.kind for violation in trial.violations] == ["wrong"]


def test_small_trials_pass_the_same_bounds_as_full_ones() -> None:
    for sizes in (FULL, SMOKE):
        assert sizes.sockets > sizes.descriptors
    assert len({case.name for case in CASES}) == len(CASES)
    assert set(bounds.NAMES) <= set(BUGS)


def test_recovery_without_a_goal_is_reported() -> None:
    table = recovery.table([Recovery(what="full disk: to ready, no condition", seconds=4.3)])
    assert "full disk: to ready, no condition" in table
    assert table.endswith("-")


def test_every_second_turn_of_the_drills_is_at_load() -> None:
    turn = len(schedule.DRILLS)
    assert schedule.drill(1).load == schedule.AT_REST
    at_load = schedule.drill(turn + 1)
    assert (at_load.load, at_load.faults[0].kind) == (schedule.LOAD, schedule.drill(1).faults[0].kind)
    assert at_load.title.endswith(recovery.AT_LOAD)

"""The checker reports every violation, and no violation where there is none."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from tests.system.chaos.checker import _check_stop
from tests.system.chaos.history import Event
from tests.system.chaos.truth import Run

STARTED = datetime(2026, 11, 21, 12, tzinfo=UTC)
RUN = Run(
    id=7, state="stopped", rate=Decimal(5), duration=2, target=10, final=0, started_at=STARTED, stopped_at=STARTED,
    issued=0, distinct=0, last=0, is_open=True,
)  # fmt: skip


def stop(began: float, ended: float, **answer: Any) -> Event:
    """A STOP under way between these seconds before or after the start of the run, answered as stopping."""
    wall = STARTED.timestamp()
    data = {"status": 200, "run": 7, "state": "stopping", "issued": 0, "began": wall + began, "ended": wall + ended}
    return Event(wall=wall + ended, who="user", what="stop", data=data | answer)


def test_a_stop_may_answer_about_a_newer_run_that_another_caller_is_stopping() -> None:
    mine, other = stop(-1, 2), stop(0.5, 2)
    assert list(_check_stop(mine, {7: RUN}, [mine, other])) == []


def test_a_stop_alone_never_answers_stopping() -> None:
    mine = stop(1, 2)
    assert [each.invariant for each in _check_stop(mine, {7: RUN}, [mine])] == ["I1"]


def test_what_is_issued_after_a_stop_has_answered_is_found() -> None:
    mine = stop(1, 2, state="stopped", issued=3)
    assert [each.kind for each in _check_stop(mine, {7: RUN}, [mine])] == ["doubled"]

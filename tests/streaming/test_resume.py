"""Where a screen may resume, case by case as the contract names them."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.streaming.world import Database, known_state

E = "first"


def hello(database: Database, last_seq: int | None, epoch: str | None) -> dict[str, Any]:
    frame: dict[str, Any] = json.loads(known_state(database).hello(last_seq=last_seq, epoch=epoch))
    return frame


def sequence(frame: dict[str, Any]) -> list[int]:
    return [item["seq"] for item in frame["items"]]


@pytest.mark.parametrize(
    ("shown", "cleared", "last_seq", "expected"),
    [
        pytest.param(700, None, 700, [], id="nothing was missed"),
        pytest.param(700, None, 697, [698, 699, 700], id="a few were missed"),
        pytest.param(700, None, 200, list(range(201, 701)), id="500 were missed"),
        pytest.param(3, None, 0, [1, 2, 3], id="0 is before the first"),
        pytest.param(0, None, 0, [], id="0 on an empty feed"),
        pytest.param(700, 600, 601, list(range(602, 701)), id="after the clearing"),
    ],
)
def test_a_screen_resumes_with_exactly_what_it_missed(
    shown: int, cleared: int | None, last_seq: int, expected: list[int]
) -> None:
    frame = hello(Database(last_seq=shown, cleared_seq=cleared), last_seq, E)
    assert frame["reset"] is False
    assert sequence(frame) == expected
    assert frame["last_seq"] == shown


@pytest.mark.parametrize(
    ("shown", "cleared", "last_seq", "epoch", "expected"),
    [
        pytest.param(700, None, 199, E, range(651, 701), id="501 were missed"),
        pytest.param(700, None, 0, E, range(651, 701), id="0 with 700 missed"),
        pytest.param(700, 690, 690, E, range(691, 701), id="at the clearing"),
        pytest.param(700, 690, 600, E, range(691, 701), id="before the clearing"),
        pytest.param(700, 700, 700, E, [], id="at a clearing with nothing after it"),
        pytest.param(3, 0, 0, E, [1, 2, 3], id="0 after a clearing of an empty feed"),
        pytest.param(700, None, 701, E, range(651, 701), id="a number that was never given"),
        pytest.param(700, None, -1, E, range(651, 701), id="no number at all"),
        pytest.param(700, None, 10**18, E, range(651, 701), id="an enormous number"),
        pytest.param(700, None, 699, "second", range(651, 701), id="another database"),
        pytest.param(700, None, 699, None, range(651, 701), id="no epoch"),
        pytest.param(700, None, 699, "", range(651, 701), id="an empty epoch"),
    ],
)
def test_a_screen_that_cannot_resume_starts_again_with_the_newest_fifty(
    shown: int, cleared: int | None, last_seq: int, epoch: str | None, expected: range
) -> None:
    frame = hello(Database(last_seq=shown, cleared_seq=cleared), last_seq, epoch)
    assert frame["reset"] is True
    assert sequence(frame) == list(expected)


@pytest.mark.parametrize("epoch", [E, "second", None])
def test_a_fresh_screen_gets_the_newest_fifty_and_no_reset(epoch: str | None) -> None:
    frame = hello(Database(last_seq=700, cleared_seq=3), None, epoch)
    assert frame["reset"] is False
    assert sequence(frame) == list(range(651, 701))


def test_a_hello_has_every_field_of_the_contract() -> None:
    frame = hello(Database(last_seq=2, invoice_count=7), None, None)
    assert frame == {
        "type": "hello",
        "protocol": 1,
        "feed": "demo",
        "epoch": E,
        "last_seq": 2,
        "reset": False,
        "items": [{"seq": 1, "invoice": "first-1"}, {"seq": 2, "invoice": "first-2"}],
        "stats": {"invoice_count": 7},
        "status": {"state": "draining", "display": {"last_seq": 2}},
    }

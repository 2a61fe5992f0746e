"""Conditions of a process have a name, a subject and a beginning."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from runtime import conditions
from runtime.conditions import clear_condition, raise_condition

NAME = "queue-growing"


@pytest.fixture(autouse=True)
def no_condition_is_left() -> Iterator[None]:
    yield
    for subject in ("one", "two"):
        clear_condition(NAME, subject)


def found() -> list[conditions.Condition]:
    return [each for each in conditions.current() if each.name == NAME]


def test_condition_that_is_raised_again_keeps_its_beginning_and_takes_the_new_sentence() -> None:
    raise_condition(NAME, "one", "Five wait.")
    (first,) = found()
    raise_condition(NAME, "one", "Nine wait.")
    (second,) = found()
    assert second.since == first.since
    assert second.sentence == "Nine wait."


def test_condition_that_came_back_begins_again() -> None:
    raise_condition(NAME, "one", "Five wait.")
    (first,) = found()
    clear_condition(NAME, "one")
    assert found() == []
    raise_condition(NAME, "one", "Five wait.")
    assert found()[0].since > first.since


def test_subjects_are_kept_apart_and_the_oldest_comes_first() -> None:
    raise_condition(NAME, "two", "Five wait.")
    raise_condition(NAME, "one", "Nine wait.")
    assert [each.subject for each in found()] == ["two", "one"]
    clear_condition(NAME, "two")
    clear_condition(NAME, "two")
    assert [each.subject for each in found()] == ["one"]

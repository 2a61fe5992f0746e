"""Collects all conditions that hold now: of this process, of the other processes by their heartbeats, of the
supervisor.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Sequence
from typing import Any

from dashboard.processes import STALE_SECONDS, supervisor
from runtime import conditions, heartbeats

ConditionFields = dict[str, str]
_FIELDS = ("name", "since", "subject", "sentence")
_others: list[ConditionFields] = []


def read_conditions(beats: Sequence[dict[str, Any]]) -> list[ConditionFields]:
    """The conditions of every process, oldest first; `beats` are the heartbeats."""
    return _merge(_of_others(beats))


def known_conditions() -> list[ConditionFields]:
    """The same without a database query: the conditions of other processes are at most two seconds old where the
    monitor runs.
    """
    return _merge(_others)


def remember_others() -> None:
    """Read the conditions of the other processes for `known_conditions`; raises `DatabaseError`."""
    global _others
    _others = _of_others(heartbeats.read())


def _of_others(beats: Iterable[dict[str, Any]]) -> list[ConditionFields]:
    return [
        condition
        for beat in beats
        if beat["age_seconds"] < STALE_SECONDS and beat["pid"] != os.getpid()
        for condition in beat["conditions"]
    ]


def _merge(others: Iterable[ConditionFields]) -> list[ConditionFields]:
    """One condition of each name and subject, with the earliest `since`."""
    own = [condition.as_json() for condition in conditions.current()]
    supervisors = (supervisor() or {"conditions": []})["conditions"]
    found: dict[tuple[str, str], ConditionFields] = {}
    for condition in sorted([*own, *others, *supervisors], key=lambda each: each["since"]):
        found.setdefault((condition["name"], condition["subject"]), {field: condition[field] for field in _FIELDS})
    return list(found.values())

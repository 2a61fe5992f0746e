"""What the app that takes records lets this one do with them: read them again, and try a rule on what came.

The app registers itself in its `ready()`, by a dotted path, so that only a process that uses it imports it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.utils.module_loading import import_string

from quality.records import HeldRecord
from quality.rule_types import Rule
from stores.queries import StoreFacts


@dataclass(frozen=True, kw_only=True, slots=True)
class StillBroken:
    """The rule that a record breaks when it is read again, and the sentence."""

    rule: str
    message: str
    waits_for: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class Tried:
    """How many of the records of the last days a rule would have held, and some of them."""

    checked: int
    would_hold: int
    examples: list[dict[str, Any]] = field(default_factory=list)


@dataclass(frozen=True, kw_only=True)
class RecordSource:
    """`lock` locks the source of a row until the end of the transaction; `retry` reads a text as its record, without the
    rules in `waived`, and takes it, in that transaction. `fields_of` has the fields of a `data_type` by their kind.
    """

    lock: Callable[[HeldRecord], None]
    retry: Callable[[HeldRecord, str, frozenset[str]], StillBroken | None]
    fields_of: Callable[[str], Mapping[str, str]]
    try_rule: Callable[[StoreFacts, str, str, Rule], Tried]


_path = ""


def register(path: str) -> None:
    """Take records by the `RecordSource` at the dotted `path`."""
    global _path
    _path = path


def record_source() -> RecordSource:
    """The source of records, imported now."""
    found: RecordSource = import_string(_path)
    return found

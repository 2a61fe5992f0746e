"""The kinds of rules that users write for records, and the parts of a score that they belong to. Data only."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any


class BadRule(ValueError):
    """The rule cannot be checked: `field` names what is wrong with it."""

    def __init__(self, field: str, message: str) -> None:
        super().__init__(message)
        self.field = field


class Kind(StrEnum):
    """`unique` and `exists_in` look at other records, `row_count_between` at the batch; the others at one record."""

    REQUIRED = "required"
    RANGE = "range"
    LENGTH = "length"
    PATTERN = "pattern"
    ONE_OF = "one_of"
    EMAIL = "email"
    UNIQUE = "unique"
    EXISTS_IN = "exists_in"
    NOT_FUTURE = "not_future"
    NOT_OLDER_THAN = "not_older_than"
    COMPARE = "compare"
    SUM_EQUALS = "sum_equals"
    ROW_COUNT_BETWEEN = "row_count_between"
    FRESHNESS_WITHIN = "freshness_within"


class Part(StrEnum):
    """The parts of a score."""

    VALID = "valid"
    COMPLETE = "complete"
    UNIQUE = "unique"
    FRESH = "fresh"
    CONSISTENT = "consistent"


PARTS = {
    Kind.REQUIRED: Part.COMPLETE, Kind.ROW_COUNT_BETWEEN: Part.COMPLETE, Kind.UNIQUE: Part.UNIQUE,
    Kind.NOT_OLDER_THAN: Part.FRESH, Kind.FRESHNESS_WITHIN: Part.FRESH, Kind.EXISTS_IN: Part.CONSISTENT,
    Kind.COMPARE: Part.CONSISTENT, Kind.SUM_EQUALS: Part.CONSISTENT,
}  # fmt: skip


@dataclass(frozen=True, kw_only=True, slots=True)
class Rule:
    """What a rule checks. `id` is what reports name it by, `severity` one of reject, hold and warn."""

    id: str
    kind: Kind
    field: str
    params: Mapping[str, Any]
    severity: str = "hold"

    @property
    def part(self) -> Part:
        return PARTS.get(self.kind, Part.VALID)

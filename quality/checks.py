"""The kinds of rules that users write for records, as functions of the values of a record. Pure.

A rule is data: no code and no SQL of a user is run. A pattern is matched by an engine whose time is linear in the text.
"""

from __future__ import annotations

import operator
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal, InvalidOperation
from enum import StrEnum
from typing import Any

TEXT, NUMBER, TIME, LIST = "text", "number", "time", "list"
Values = Mapping[str, Any]
# The sentence about the value of a field at a time, or None where the rule is kept. A missing value breaks `required` alone.
Check = Callable[[Values, datetime], str | None]
_EMAIL = re.compile(r"[^@\s]+@[^@\s.]+(\.[^@\s.]+)+")
_OPERATORS: dict[str, Callable[[Any, Any], bool]] = {
    "=": operator.eq, "!=": operator.ne, "<": operator.lt, "<=": operator.le, ">": operator.gt, ">=": operator.ge,
}  # fmt: skip
LONGEST_PATTERN, MOST_VALUES = 200, 1000


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
_KNOWN = {
    Kind.RANGE: {"min", "max"}, Kind.LENGTH: {"min", "max"}, Kind.ROW_COUNT_BETWEEN: {"min", "max"},
    Kind.PATTERN: {"regex"}, Kind.ONE_OF: {"values"}, Kind.COMPARE: {"op", "other"}, Kind.EXISTS_IN: {"entity"},
    Kind.NOT_OLDER_THAN: {"days"}, Kind.SUM_EQUALS: {"field", "tolerance"}, Kind.FRESHNESS_WITHIN: {"hours"},
}  # fmt: skip
_OF = {
    Kind.RANGE: (NUMBER,), Kind.LENGTH: (TEXT,), Kind.PATTERN: (TEXT,), Kind.ONE_OF: (TEXT,), Kind.EMAIL: (TEXT,),
    Kind.NOT_FUTURE: (TIME,), Kind.NOT_OLDER_THAN: (TIME,), Kind.FRESHNESS_WITHIN: (TIME,), Kind.SUM_EQUALS: (NUMBER,),
    Kind.COMPARE: (TEXT, NUMBER, TIME), Kind.UNIQUE: (TEXT, NUMBER, TIME), Kind.EXISTS_IN: (TEXT,),
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


def check_of(rule: Rule, fields: Mapping[str, str]) -> Check | None:
    """The check of a rule on records with these `fields` by their kind; None where it looks at more than one record.

    Raises `BadRule`.
    """
    _check_params(rule, fields)
    make = _MAKERS.get(rule.kind)
    return None if make is None else make(rule, fields)


def _check_params(rule: Rule, fields: Mapping[str, str]) -> None:
    known = _KNOWN.get(rule.kind, set())
    if others := rule.params.keys() - known:
        raise BadRule(
            "params", f"{rule.kind} has no {', '.join(sorted(others))}: use {', '.join(sorted(known)) or 'none'}"
        )
    if rule.kind == Kind.ROW_COUNT_BETWEEN:
        _bounds(rule)
        return
    if rule.field not in fields:
        raise BadRule("field", f"{rule.field[:40]!r} is not a field of these records: use one of {', '.join(fields)}")
    kinds = _OF.get(rule.kind)
    if kinds and fields[rule.field] not in kinds:
        raise BadRule("field", f"{rule.field} is a {fields[rule.field]}, and {rule.kind} is for a {' or '.join(kinds)}")


def bounds_of(rule: Rule) -> tuple[Decimal | None, Decimal | None]:
    """The lowest and the highest number that the rule allows."""
    return _bounds(rule)


def _bounds(rule: Rule) -> tuple[Decimal | None, Decimal | None]:
    low, high = (None if rule.params.get(name) is None else _number(rule, name) for name in ("min", "max"))
    if (low is None and high is None) or (low is not None and high is not None and low > high):
        raise BadRule("params", "give min or max, and no min above max")
    return low, high


def _number(rule: Rule, name: str) -> Decimal:
    value = rule.params.get(name)
    try:
        found = Decimal("NaN") if isinstance(value, bool | float) else Decimal(str(value))
    except InvalidOperation:
        found = Decimal("NaN")
    if not found.is_finite() or abs(found) >= Decimal(10) ** 18:
        raise BadRule(f"params.{name}", 'give a number, or a text such as "12.50"')
    return found


def _required(rule: Rule, fields: Mapping[str, str]) -> Check:
    return lambda values, now: f"{rule.field}: it is missing; send it." if values.get(rule.field) is None else None


def _on_value(rule: Rule, is_kept: Callable[[Any, datetime], bool], wanted: str) -> Check:
    """A check of a value that is there."""

    def check(values: Values, now: datetime) -> str | None:
        value = values.get(rule.field)
        if value is None or is_kept(value, now):
            return None
        return f"{rule.field}: {_show(value)} {wanted}."

    return check


def _range(rule: Rule, fields: Mapping[str, str]) -> Check:
    low, high = _bounds(rule)
    return _on_value(rule, lambda value, now: _is_within(value, low, high), f"is not {_between(low, high)}")


def _length(rule: Rule, fields: Mapping[str, str]) -> Check:
    low, high = _bounds(rule)
    return _on_value(
        rule, lambda value, now: _is_within(len(value), low, high), f"has not {_between(low, high)} characters"
    )


def _pattern(rule: Rule, fields: Mapping[str, str]) -> Check:
    regex = rule.params.get("regex")
    if not isinstance(regex, str) or not 1 <= len(regex) <= LONGEST_PATTERN:
        raise BadRule("params.regex", f"give a pattern of up to {LONGEST_PATTERN} characters")
    matches = _matcher(regex)
    return _on_value(rule, lambda value, now: matches(value), f"does not match {regex}")


def _matcher(regex: str) -> Callable[[str], bool]:
    """Matches a whole text in linear time: Python's own engine takes exponential time for some patterns."""
    # Only a process that checks a pattern needs the library.
    from pydantic_core import SchemaError, SchemaValidator, ValidationError, core_schema

    try:
        validator = SchemaValidator(core_schema.str_schema(pattern=f"^(?:{regex})$", regex_engine="rust-regex"))
    except SchemaError as error:
        raise BadRule("params.regex", f"it is not a pattern that can be matched: {str(error)[:200]}") from None

    def matches(text: str) -> bool:
        try:
            validator.validate_python(text)
        except ValidationError:
            return False
        return True

    return matches


def _one_of(rule: Rule, fields: Mapping[str, str]) -> Check:
    values = rule.params.get("values")
    if (
        not isinstance(values, list)
        or not 1 <= len(values) <= MOST_VALUES
        or not all(isinstance(one, str) for one in values)
    ):
        raise BadRule("params.values", f"give a list of 1 to {MOST_VALUES:,} texts")
    known = frozenset(values)
    return _on_value(rule, lambda value, now: value in known, f"is not one of {', '.join(values[:10])}")


def _email(rule: Rule, fields: Mapping[str, str]) -> Check:
    return _on_value(rule, lambda value, now: bool(_EMAIL.fullmatch(value)), "is not a mail address")


def _not_future(rule: Rule, fields: Mapping[str, str]) -> Check:
    return _on_value(rule, lambda value, now: value <= _like(value, now), "is in the future")


def _not_older_than(rule: Rule, fields: Mapping[str, str]) -> Check:
    return _not_before(rule, timedelta(days=_span(rule, "days")), f"is older than {_span(rule, 'days')} days")


def _fresh(rule: Rule, fields: Mapping[str, str]) -> Check:
    return _not_before(rule, timedelta(hours=_span(rule, "hours")), f"is older than {_span(rule, 'hours')} hours")


def _not_before(rule: Rule, span: timedelta, wanted: str) -> Check:
    return _on_value(rule, lambda value, now: value >= _like(value, now - span), wanted)


def _span(rule: Rule, name: str) -> int:
    value = rule.params.get(name)
    if isinstance(value, bool) or not isinstance(value, int) or not 1 <= value <= 36_500:
        raise BadRule(f"params.{name}", "give a whole number from 1 to 36500")
    return value


def _compare(rule: Rule, fields: Mapping[str, str]) -> Check:
    """With the field that `other` names, or else with `other` itself."""
    name, other = rule.params.get("op"), rule.params.get("other")
    compare = _OPERATORS.get(str(name))
    if compare is None:
        raise BadRule("params.op", f"use one of {' '.join(_OPERATORS)}")
    if isinstance(other, str) and other in fields:
        if fields[other] != fields[rule.field]:
            raise BadRule("params.other", f"{rule.field} is a {fields[rule.field]}, and {other} is a {fields[other]}")
        return _compare_fields(rule, other, compare)
    if fields[rule.field] == TIME:
        raise BadRule("params.other", "name another field with a time")
    constant = _number(rule, "other") if fields[rule.field] == NUMBER else str(other)
    return _on_value(rule, lambda value, now: compare(value, constant), f"is not {name} {constant}")


def _compare_fields(rule: Rule, other: str, compare: Callable[[Any, Any], bool]) -> Check:
    def check(values: Values, now: datetime) -> str | None:
        one, two = values.get(rule.field), values.get(other)
        if one is None or two is None or compare(*_alike(one, two)):
            return None
        return f"{rule.field}: {_show(one)} is not {rule.params['op']} {other}, {_show(two)}."

    return check


def _sum_equals(rule: Rule, fields: Mapping[str, str]) -> Check:
    """Whether a number is the sum of quantity x price of a list, or equals another number."""
    other = rule.params.get("field")
    if not isinstance(other, str) or fields.get(other) not in (LIST, NUMBER):
        raise BadRule("params.field", "name a list of items or another number")
    tolerance = _number(rule, "tolerance") if "tolerance" in rule.params else Decimal(0)

    def check(values: Values, now: datetime) -> str | None:
        amount, found = values.get(rule.field), values.get(other)
        if amount is None or found is None:
            return None
        total = _sum(found) if isinstance(found, tuple) else Decimal(found)
        return (
            None if abs(amount - total) <= tolerance else f"{rule.field}: {amount} is not the sum of {other}, {total}."
        )

    return check


def _sum(items: Iterable[Values]) -> Decimal:
    return sum((item["quantity"] * item["price"] for item in items), Decimal(0))


def _is_within(value: Any, low: Decimal | None, high: Decimal | None) -> bool:
    return (low is None or value >= low) and (high is None or value <= high)


def _between(low: Decimal | None, high: Decimal | None) -> str:
    if low is None or high is None:
        return f"at most {high}" if low is None else f"at least {low}"
    return f"{low} to {high}"


def _like(value: date | datetime, moment: datetime) -> Any:
    return moment if isinstance(value, datetime) else moment.date()


def _alike(one: Any, two: Any) -> tuple[Any, Any]:
    """Two times as days where one of them is a day."""
    if isinstance(one, date) and isinstance(one, datetime) != isinstance(two, datetime):
        return tuple(each.date() if isinstance(each, datetime) else each for each in (one, two))  # type: ignore[return-value]
    return one, two


def _show(value: Any) -> str:
    text = value.isoformat() if isinstance(value, date) else str(value)
    return repr(text[:60]) if isinstance(value, str) else text[:60]


_MAKERS: dict[Kind, Callable[[Rule, Mapping[str, str]], Check]] = {
    Kind.REQUIRED: _required, Kind.RANGE: _range, Kind.LENGTH: _length, Kind.PATTERN: _pattern, Kind.ONE_OF: _one_of,
    Kind.EMAIL: _email, Kind.NOT_FUTURE: _not_future, Kind.NOT_OLDER_THAN: _not_older_than, Kind.COMPARE: _compare,
    Kind.SUM_EQUALS: _sum_equals, Kind.FRESHNESS_WITHIN: _fresh,
}  # fmt: skip

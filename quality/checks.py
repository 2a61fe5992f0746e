"""The rules that users write for records, as functions of the values of a record. Pure.

A rule is data: no code and no SQL of a user is run. A pattern is matched by an engine whose time is linear in the text.
"""

from __future__ import annotations

import operator
import re
from collections.abc import Callable, Iterable, Mapping
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from quality.rule_params import LIST, NUMBER, TIME, bounds_of, check_params, number_of, span_of
from quality.rule_types import BadRule, Kind, Rule

Values = Mapping[str, Any]
# The sentence about the value of a field at a time, or None where the rule is kept. A missing value breaks `required` alone.
Check = Callable[[Values, datetime], str | None]
_EMAIL = re.compile(r"[^@\s]+@[^@\s.]+(\.[^@\s.]+)+")
_OPERATORS: dict[str, Callable[[Any, Any], bool]] = {
    "=": operator.eq, "!=": operator.ne, "<": operator.lt, "<=": operator.le, ">": operator.gt, ">=": operator.ge,
}  # fmt: skip
LONGEST_PATTERN, MOST_VALUES = 200, 1000


def check_of(rule: Rule, fields: Mapping[str, str]) -> Check | None:
    """The check of a rule on records with these `fields` by their kind; None where it looks at more than one record.

    Raises `BadRule`.
    """
    check_params(rule, fields)
    make = _MAKERS.get(rule.kind)
    return None if make is None else make(rule, fields)


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
    low, high = bounds_of(rule)
    return _on_value(rule, lambda value, now: _is_within(value, low, high), f"is not {_between(low, high)}")


def _length(rule: Rule, fields: Mapping[str, str]) -> Check:
    low, high = bounds_of(rule)
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
    return _not_before(rule, timedelta(days=span_of(rule, "days")), f"is older than {span_of(rule, 'days')} days")


def _fresh(rule: Rule, fields: Mapping[str, str]) -> Check:
    return _not_before(rule, timedelta(hours=span_of(rule, "hours")), f"is older than {span_of(rule, 'hours')} hours")


def _not_before(rule: Rule, span: timedelta, wanted: str) -> Check:
    return _on_value(rule, lambda value, now: value >= _like(value, now - span), wanted)


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
    if other is None:
        raise BadRule("params.other", "name another field, or give the value to compare with")
    constant = number_of(rule, "other") if fields[rule.field] == NUMBER else str(other)
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
    tolerance = number_of(rule, "tolerance") if "tolerance" in rule.params else Decimal(0)

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

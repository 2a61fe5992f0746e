"""Reads the params of a rule, and refuses those that its kind does not have."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal, InvalidOperation

from quality.rule_types import BadRule, Kind, Rule

TEXT, NUMBER, TIME, LIST = "text", "number", "time", "list"
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


def check_params(rule: Rule, fields: Mapping[str, str]) -> None:
    """Raises `BadRule` for a param that the kind does not have, and for a field that it is not for."""
    known = _KNOWN.get(rule.kind, set())
    if others := rule.params.keys() - known:
        raise BadRule(
            "params", f"{rule.kind} has no {', '.join(sorted(others))}: use {', '.join(sorted(known)) or 'none'}"
        )
    if rule.kind == Kind.ROW_COUNT_BETWEEN:
        bounds_of(rule)
        return
    if rule.field not in fields:
        raise BadRule("field", f"{rule.field[:40]!r} is not a field of these records: use one of {', '.join(fields)}")
    kinds = _OF.get(rule.kind)
    if kinds and fields[rule.field] not in kinds:
        raise BadRule("field", f"{rule.field} is a {fields[rule.field]}, and {rule.kind} is for a {' or '.join(kinds)}")


def bounds_of(rule: Rule) -> tuple[Decimal | None, Decimal | None]:
    """The lowest and the highest number that the rule allows; raises `BadRule`."""
    low, high = (None if rule.params.get(name) is None else number_of(rule, name) for name in ("min", "max"))
    if (low is None and high is None) or (low is not None and high is not None and low > high):
        raise BadRule("params", "give min or max, and no min above max")
    return low, high


def number_of(rule: Rule, name: str) -> Decimal:
    """A param that is a number; raises `BadRule`."""
    value = rule.params.get(name)
    try:
        found = Decimal("NaN") if isinstance(value, bool | float) else Decimal(str(value))
    except InvalidOperation:
        found = Decimal("NaN")
    if not found.is_finite() or abs(found) >= Decimal(10) ** 18:
        raise BadRule(f"params.{name}", 'give a number, or a text such as "12.50"')
    return found


def span_of(rule: Rule, name: str) -> int:
    """A param that counts days or hours; raises `BadRule`."""
    value = rule.params.get(name)
    if isinstance(value, bool) or not isinstance(value, int) or not 1 <= value <= 36_500:
        raise BadRule(f"params.{name}", "give a whole number from 1 to 36500")
    return value

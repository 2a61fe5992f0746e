"""Rules of users for records: added, changed, removed, and read by the process that takes records."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from quality.checks import check_of
from quality.record_sources import record_source
from quality.records import RecordRule
from quality.rule_params import TEXT
from quality.rule_types import BadRule, Kind, Rule
from stores.rows import rows_of

MOST_RULES = 500


class UnknownRule(LookupError):
    """The store has no rule with that number."""


class TooManyRules(RuntimeError):
    """The store has as many rules as it may have."""


def add_rule(store_id: int, given: Mapping[str, Any], *, by: str) -> RecordRule:
    """Add a rule; raises `BadRule` and `TooManyRules`."""
    if rows_of(RecordRule, store_id).count() >= MOST_RULES:
        raise TooManyRules(f"The store has {MOST_RULES} rules, and no more are checked; delete one first.")
    row = RecordRule(store_id=store_id, created_by=by, **given)
    check(row)
    row.save(force_insert=True)
    return row


def change_rule(store_id: int, rule_id: int, changes: Mapping[str, Any]) -> RecordRule:
    """Change a rule; it counts for what comes from now on, or from its new day on. Raises `UnknownRule` and `BadRule`."""
    row = find_rule(store_id, rule_id)
    for name, value in changes.items():
        setattr(row, name, value)
    check(row)
    row.version += 1
    row.save()
    return row


def find_rule(store_id: int, rule_id: int) -> RecordRule:
    """The rule with that number; raises `UnknownRule`."""
    found = rows_of(RecordRule, store_id).filter(pk=rule_id).first() if rule_id < 2**63 else None
    if found is None:
        raise UnknownRule(f"There is no rule {rule_id} of this store.")
    return found


def read_rules(store_id: int) -> list[RecordRule]:
    """All rules of the store, oldest first."""
    return list(rows_of(RecordRule, store_id).order_by("id"))


def rules_for(store_id: int, data_type: str, source: str, at: datetime) -> list[Rule]:
    """The rules that count for records of a source that came at that time."""
    rows = rows_of(RecordRule, store_id).filter(data_type=data_type, source__in=["", source], effective_from__lte=at)
    return [rule_of(row) for row in rows.order_by("id")]


def rule_of(row: RecordRule) -> Rule:
    """What a row checks."""
    return Rule(id=str(row), kind=Kind(row.kind), field=row.field, params=row.params, severity=row.severity)


def check(row: RecordRule) -> None:
    """Raises `BadRule` where the rule cannot be checked."""
    rule, fields_of = rule_of(row), record_source().fields_of
    check_of(rule, fields_of(row.data_type))
    if rule.kind == Kind.EXISTS_IN:
        _check_entity(rule)


def _check_entity(rule: Rule) -> None:
    """Raises `BadRule` where no text can refer to a record of the entity."""
    entity = str(rule.params.get("entity"))
    try:
        fields = record_source().fields_of(entity)
    except LookupError as error:
        raise BadRule("params.entity", str(error)) from None
    if next(iter(fields.values())) != TEXT:
        raise BadRule("params.entity", f"{entity} are not found by a text; use a type whose key begins with an id")

"""Judges records by the rules of users: one by one, and those that look at other records or at the batch in one query."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from commerce.records import recording
from integrations.pipes.entities import entity_of
from integrations.pipes.entities.reading import Fault, Record
from integrations.pipes.models import Transaction
from integrations.pipes.outcomes import Outcomes, Records
from quality.checks import Check, check_of
from quality.rule_params import bounds_of
from quality.rule_types import Kind, Rule
from stores.rows import rows_of

# The sentence about each line that breaks a rule, with what the record waits for.
Broken = dict[int, tuple[str, str]]


@dataclass(frozen=True, kw_only=True, slots=True)
class Subject:
    """What is judged: records of a store that came at a time, in a batch of that size."""

    store_id: int
    data_type: str
    received_at: datetime
    batch_size: int


def fields_of(data_type: str) -> Mapping[str, str]:
    """The fields of a type by their kind; raises `UnknownType`."""
    return {field.name: str(field.kind) for field in entity_of(data_type).fields}


def judge(subject: Subject, rules: Iterable[Rule], records: Records, outcomes: Outcomes) -> None:
    """Put the first rule that a record breaks into the faults; those with the severity `warn` are counted."""
    for rule in rules:
        left = {line: record for line, record in records.items() if line not in outcomes.faults}
        for line, (message, waits_for) in find_broken(subject, rule, left).items():
            if rule.severity == "warn":
                outcomes.warned[rule.id] += 1
                continue
            outcomes.faults[line] = Fault(
                rule=rule.id, message=message, field=rule.field, part=rule.part, waits_for=waits_for,
                is_rejected=rule.severity == "reject",
            )  # fmt: skip


def find_broken(subject: Subject, rule: Rule, records: Records) -> Broken:
    """The records that break the rule."""
    check = check_of(rule, fields_of(subject.data_type))
    if check is not None:
        return _one_by_one(check, records, subject.received_at)
    return _OTHERS[rule.kind](subject, rule, records) if records else {}


def _one_by_one(check: Check, records: Records, now: datetime) -> Broken:
    found = {line: check(record.values, now) for line, record in records.items()}
    return {line: (message, "") for line, message in found.items() if message is not None}


def _row_count(subject: Subject, rule: Rule, records: Records) -> Broken:
    low, high = bounds_of(rule)
    size = subject.batch_size
    if (low is None or size >= low) and (high is None or size <= high):
        return {}
    message = f"The batch has {size:,} records, and {low or 0} to {high or 'any number'} are expected."
    return dict.fromkeys(records, (message, ""))


def _unique(subject: Subject, rule: Rule, records: Records) -> Broken:
    """A value that a record with another key has, here or among those taken before."""
    values = {line: record.values.get(rule.field) for line, record in records.items()}
    wanted = {value for value in values.values() if value is not None}
    owners = recording.owners(subject.data_type, subject.store_id, rule.field, wanted) if _has_rows(subject) else {}
    broken: Broken = {}
    for line, record in records.items():
        value = values[line]
        if value is None:
            continue
        owner = owners.setdefault(value, record.key)
        if owner != record.key:
            broken[line] = (f"{rule.field}: {str(value)[:60]} is that of {' / '.join(owner)} already.", "")
    return broken


def _exists_in(subject: Subject, rule: Rule, records: Records) -> Broken:
    entity = str(rule.params["entity"])
    values = {line: record.values.get(rule.field) for line, record in records.items()}
    known = existing(subject.store_id, entity, {value for value in values.values() if value is not None})
    return {
        line: (
            f"{rule.field}: {value} is not among {entity} yet; it is tried again when it comes.",
            f"{entity}:{value}",
        )
        for line, value in values.items()
        if value is not None and value not in known
    }


def existing(store_id: int, data_type: str, keys: Collection[str]) -> set[str]:
    """Those of the keys of which a record was taken."""
    if data_type == "transactions":
        rows = rows_of(Transaction, store_id).filter(key__in=list(keys))
        return set(rows.values_list("key", flat=True))
    return recording.existing(data_type, store_id, keys)


def _has_rows(subject: Subject) -> bool:
    return subject.data_type != "transactions"


def unknown_fields(records: Iterable[Record]) -> dict[str, int]:
    """How many of the records have each field that their entity does not have."""
    counts: dict[str, int] = {}
    for record in records:
        for name in record.unknown:
            counts[name] = counts.get(name, 0) + 1
    return counts


_OTHERS: dict[Kind, Callable[[Subject, Rule, Records], Any]] = {
    Kind.ROW_COUNT_BETWEEN: _row_count, Kind.UNIQUE: _unique, Kind.EXISTS_IN: _exists_in,
}  # fmt: skip

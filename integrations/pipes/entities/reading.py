"""Reads the record in a line of JSON by the declaration of its entity. Pure: the same line is always the same record."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, tzinfo
from decimal import Decimal
from functools import cache
from typing import Any, NoReturn

from integrations.pipes.entities.types import Entity, Field

UNREADABLE, REQUIRED, BAD_VALUE = "unreadable", "required", "bad-value"
# Of a record with a hundred wrong fields, the first few show what is wrong.
MOST_FAULTS = 5
LONGEST_PATH = 100
_NONE: frozenset[str] = frozenset()
Values = dict[str, Any]
Tree = dict[str, "Tree"]


def _refuse_constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is not a number of JSON")


# Made once, because a decoder for each line would cost as much as the decoding.
_decoder = json.JSONDecoder(parse_float=Decimal, parse_constant=_refuse_constant)


@dataclass(frozen=True, kw_only=True, slots=True)
class Fault:
    """What is wrong with a record: the rule that it breaks, and a sentence with the field, the value and the remedy.

    `part` is the part of the score that it lowers, `waits_for` the `data_type:key` of a record that it refers to.
    """

    rule: str
    message: str
    field: str = ""
    part: str = "valid"
    is_rejected: bool = False
    waits_for: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class Record:
    """A record as it was read. With `faults`, `values` has only the fields that could be read.

    `key` is empty where it could not be read. `unknown` names the fields that the entity does not have.
    """

    key: tuple[str, ...] = ()
    values: Values = field(default_factory=dict)
    faults: tuple[Fault, ...] = ()
    unknown: frozenset[str] = frozenset()

    @property
    def name(self) -> str:
        """The key as one text."""
        return " / ".join(self.key)


def read_record(entity: Entity, line: str, *, zone: tzinfo, received_at: datetime) -> Record:
    """The record in a line; what is wrong with it is in its `faults`."""
    try:
        given = load_object(line)
    except ValueError as error:
        return Record(faults=(Fault(rule=UNREADABLE, message=str(error), is_rejected=True),))
    if entity.wrapper and isinstance(wrapped := given.get(entity.wrapper), dict) and len(given) == 1:
        given = wrapped
    values: Values = {}
    faults: list[Fault] = []
    _read_fields(entity.fields, given, zone, "", values, faults)
    for each in entity.fields:
        if each.is_received and values.get(each.name) is None:
            values[each.name] = received_at
    is_known = all(each in values for each in entity.key)
    return Record(
        key=tuple(_key_text(values[name]) for name in entity.key) if is_known else (),
        values=values,
        faults=tuple(faults[:MOST_FAULTS]),
        unknown=_NONE if given.keys() <= _leaves_of(entity) else frozenset(_unknown(_known_of(entity), given)),
    )


def load_object(line: str) -> dict[str, Any]:
    """The JSON object in a line, numbers exactly as they were written; raises `ValueError` with a sentence."""
    try:
        given = _decoder.decode(line)
    except RecursionError:
        raise ValueError("The record is nested too deeply; send a flat object.") from None
    except ArithmeticError:
        raise ValueError("A number has too large an exponent; send digits with a point, such as 12.50.") from None
    except ValueError as error:
        raise ValueError(f"The record is not valid JSON: {error}.") from None
    if not isinstance(given, dict):
        raise ValueError("The record is not a JSON object; send one such as {...}.")
    return given


def _read_fields(
    fields: tuple[Field, ...], given: Mapping[str, Any], zone: tzinfo, path: str, values: Values, faults: list[Fault]
) -> None:
    for each in fields:
        # Most fields are at their own name: the other places are looked up where nothing is there.
        raw = given.get(each.name)
        if raw is None or (type(raw) is str and not raw.strip()):
            raw = _find(each, given) if len(each.paths) > 1 else None
        if raw is None:
            values[each.name] = None
            if each.is_required:
                faults.append(_fault(REQUIRED, path, each, "it is missing; send it"))
                del values[each.name]
            continue
        try:
            values[each.name] = each.read(raw, zone)
        except ValueError as error:
            faults.append(_fault(BAD_VALUE, path, each, str(error)))
            continue
        if each.fields:
            values[each.name] = _read_items(each, values[each.name], zone, faults)


def _read_items(each: Field, raw: list[Any], zone: tzinfo, faults: list[Fault]) -> tuple[Values, ...]:
    found = []
    for index, item in enumerate(raw):
        values: Values = {}
        path = f"{each.name}.{index}."
        if isinstance(item, dict):
            _read_fields(each.fields, item, zone, path, values, faults)
        else:
            faults.append(Fault(rule=BAD_VALUE, field=path[:-1], message=f"{path[:-1]}: it is not an object."))
        found.append(values)
    return tuple(found)


def _find(each: Field, given: Mapping[str, Any]) -> Any:
    """The first value of the field's paths; an empty text is none."""
    for path in each.paths:
        value: Any = given
        for name in path:
            value = value.get(name) if isinstance(value, dict) else None
        if value is not None and not (isinstance(value, str) and not value.strip()):
            return value
    return None


@cache
def _leaves_of(entity: Entity) -> frozenset[str]:
    """The names below which anything goes."""
    return frozenset(name for name, below in _known_of(entity).items() if not below)


@cache
def _known_of(entity: Entity) -> Tree:
    return _known(entity.fields)


def _known(fields: tuple[Field, ...]) -> Tree:
    """The names that a record may have, as a tree; below the last name of a path, anything goes."""
    tree: Tree = {}
    for each in fields:
        for path in each.paths:
            node = tree
            for name in path:
                node = node.setdefault(name, {})
            node |= _known(each.fields)
    return tree


def _unknown(known: Tree, given: Any, path: str = "") -> Iterator[str]:
    """The names in a record that no field has, such as `color` or `customer.phone`."""
    if isinstance(given, list):
        for item in given:
            yield from _unknown(known, item, path)
    elif isinstance(given, dict):
        for name, value in given.items():
            if name not in known:
                yield f"{path}{_printable(name)}"[:LONGEST_PATH]
            elif known[name]:
                yield from _unknown(known[name], value, f"{path}{name}.")


def _printable(name: str) -> str:
    """The name with its escapes where PostgreSQL may refuse a character of it."""
    return name if name.isprintable() else name.encode("unicode_escape").decode()


def _fault(rule: str, path: str, each: Field, message: str) -> Fault:
    part = "complete" if rule == REQUIRED else "valid"
    return Fault(rule=rule, field=f"{path}{each.name}", message=f"{path}{each.name}: {message}.", part=part)


def _key_text(value: Any) -> str:
    """One moment is one text, whatever zone it was written in."""
    if value is None:
        return ""
    if isinstance(value, datetime):
        value = value.astimezone(UTC)
    return value.isoformat() if hasattr(value, "isoformat") else str(value)

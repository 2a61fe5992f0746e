"""Further business terms: what an e-invoice says beyond the fields of a document, as changes to the terms of the fields.

`merge(base, difference(base, given))` is `given`. An empty text removes a term. Lines, allowances and charges are changed by
their position (`{"BG-25": {"1": {...}}}`), VAT groups by category and rate (`{"BG-23": {"S 19": {...}}}`). Entries that no
field holds, such as an allowance of zero, are under `+`.
"""

from __future__ import annotations

from collections.abc import Mapping
from copy import deepcopy
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any

Terms = dict[str, Any]
FURTHER = "+"
# Groups that are changed entry by entry; all other lists are replaced.
_ENTRIES = frozenset(["BG-20", "BG-21", "BG-23", "BG-25", "BG-27"])


def merge(base: Terms, changes: Mapping[str, Any]) -> Terms:
    """`base` with `changes`; neither is modified."""
    merged = dict(base)
    for name, change in changes.items():
        if change == "":
            merged.pop(name, None)
        else:
            merged[name] = _merged(name, base.get(name), change)
    return merged


def difference(base: Terms, given: Terms) -> Terms:
    """The changes that make `given` of `base`; terms that mean the same, such as 19 and 19.00, are no change."""
    changes: Terms = {name: "" for name, value in base.items() if name not in given and value not in ("", [])}
    for name, value in given.items():
        change = _difference(name, base.get(name), value)
        if change is not None:
            changes[name] = change
    return changes


def is_same(one: Any, other: Any) -> bool:
    """Whether two values mean the same: numbers by value, texts without regard to the number of spaces."""
    if isinstance(one, str) and isinstance(other, str):
        return _words(one) == _words(other) or _is_same_number(one, other)
    if isinstance(one, dict) and isinstance(other, dict):
        return one.keys() == other.keys() and all(is_same(one[name], other[name]) for name in one)
    if isinstance(one, list) and isinstance(other, list):
        return len(one) == len(other) and all(map(is_same, one, other))
    return bool(_plain(one) == _plain(other))


def key_of(name: str, position: int, entry: Terms) -> str:
    """How an entry of a group is named in changes; `position` counts from 1."""
    if name != "BG-23":
        return str(position)
    return f"{entry.get('BT-118', '')} {_number(entry.get('BT-119', '0'))}"


def _merged(name: str, old: Any, change: Any) -> Any:
    if not isinstance(change, dict):
        # The library that writes XML changes what it is given.
        return deepcopy(change)
    if name in _ENTRIES and isinstance(old, list | None):
        old = old or []
        keys = (key_of(name, position, entry) for position, entry in enumerate(old, start=1))
        changed = [merge(entry, change.get(key, {})) for key, entry in zip(keys, old, strict=True)]
        return changed + deepcopy(change.get(FURTHER, []))
    return merge(old if isinstance(old, dict) else {}, change)


def _difference(name: str, old: Any, given: Any) -> Any:
    """The change of one term; None where it means the same."""
    if name in _ENTRIES and isinstance(old, list) and len(old) == len(given):
        others = {key_of(name, position, entry): entry for position, entry in enumerate(given, start=1)}
        keys = {key_of(name, position, entry): entry for position, entry in enumerate(old, start=1)}
        changes = {key: difference(entry, others[key]) for key, entry in keys.items() if key in others}
        return {key: change for key, change in changes.items() if change} or None
    if isinstance(old, dict) and isinstance(given, dict):
        return difference(old, given) or None
    return None if is_same(old, given) else _plain(given)


def _words(text: str) -> list[list[str]]:
    """The words of each line: payment terms of XRechnung have a meaning per line."""
    return [line.split() for line in text.strip().splitlines()]


def _is_same_number(one: str, other: str) -> bool:
    try:
        return Decimal(one) == Decimal(other)
    except InvalidOperation:
        return False


def _number(text: str) -> str:
    return f"{Decimal(text).normalize():f}"


def _plain(value: Any) -> Any:
    return value.isoformat() if isinstance(value, date) else value

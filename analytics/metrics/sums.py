"""Sums by bucket, members of dimensions and currency, and what is added up from them. Imports no framework."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

# (bucket, members of the dimensions, currency or None)
Key = tuple[Any, tuple[str, ...], str | None]
Sums = dict[Key, Decimal]
# Members and currency.
Group = tuple[tuple[str, ...], str | None]


@dataclass(kw_only=True)
class Parts:
    """The sums of one metric of a query, by bucket and of the whole range, which has the bucket None."""

    by_bucket: Sums
    total: Sums


def summed(sums: Sums) -> Sums:
    """The sums of all buckets."""
    found: Sums = {}
    for (_, members, currency), value in sums.items():
        key = (None, members, currency)
        found[key] = found.get(key, 0) + value
    return found


def rebucketed(sums: Sums, begin_of: Callable[[Any], Any]) -> Sums:
    """The sums by the buckets that these buckets are in."""
    return merged(((begin_of(bucket), members, currency), value) for (bucket, members, currency), value in sums.items())


def of_one_currency(sums: Sums, currency: str, *, without: Iterable[str | None]) -> Sums:
    """Counts beside converted money: the same currencies are left out, the others are one group."""
    left_out = {*without}
    return merged(
        ((bucket, members, currency), value) for (bucket, members, own), value in sums.items() if own not in left_out
    )


def merged(pairs: Iterable[tuple[Key, Decimal]]) -> Sums:
    """The sums of the values of each key."""
    found: Sums = {}
    for key, value in pairs:
        found[key] = found.get(key, 0) + value
    return found


def groups_of(parts: Mapping[str, Parts]) -> set[Group]:
    """The groups that have a sum."""
    every = (sums for each in parts.values() for sums in (each.by_bucket, each.total))
    return {(members, currency) for sums in every for _, members, currency in sums}

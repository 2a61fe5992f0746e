"""Sums by group and bucket, and what is added up from them. Imports no framework."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

# Members of the dimensions, and the currency or None.
Group = tuple[tuple[str, ...], str | None]
# By bucket.
Series = dict[Any, Decimal]
Sums = dict[Group, Series]


@dataclass(kw_only=True)
class Parts:
    """The sums of one metric of a query: by bucket, and of the whole range."""

    by_bucket: Sums
    total: dict[Group, Decimal]


def added(sums: Sums) -> dict[Group, Decimal]:
    """The sum of all buckets of each group."""
    return {group: sum(series.values(), Decimal(0)) for group, series in sums.items()}


def rebucketed(sums: Sums, begin_of: Callable[[Any], Any]) -> Sums:
    """The sums by the buckets that these buckets are in."""
    return {
        group: merged((begin_of(bucket), value) for bucket, value in series.items()) for group, series in sums.items()
    }


def of_one_currency(sums: Sums, currency: str, *, without: Iterable[str | None]) -> Sums:
    """Counts beside converted money: the same currencies are left out, the others are one group."""
    left_out = {*without}
    found: Sums = {}
    for (members, own), series in sums.items():
        if own not in left_out:
            before = found.get((members, currency), {})
            found[members, currency] = merged((*before.items(), *series.items()))
    return found


def merged(pairs: Iterable[tuple[Any, Decimal]]) -> Series:
    """The sums of the values of each bucket."""
    found: Series = {}
    for bucket, value in pairs:
        found[bucket] = found.get(bucket, 0) + value
    return found

"""A question for figures, parsed and checked. Imports no framework."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta

from analytics.metrics.registry import DAY, Metric

_DAYS_OF_A_YEAR = 364


@dataclass(frozen=True, kw_only=True)
class Filter:
    """Members of a dimension: only these, or with `is_not` all others. `(none)` is one of them."""

    dimension: str
    members: tuple[str, ...]
    is_not: bool = False


@dataclass(frozen=True, kw_only=True)
class Query:
    """What is asked for. `begins` and `ends` are days, the last one included; with `instants` only a part of them."""

    metrics: tuple[Metric, ...]
    first: date
    last: date
    grain: str = DAY
    instants: tuple[datetime, datetime] | None = None
    # Whether the instants are others than the first ones of days of the store.
    has_parts_of_days: bool = False
    by: tuple[str, ...] = ()
    filters: tuple[Filter, ...] = ()
    timezone: str = "store"
    compare: str = ""
    convert: str = ""
    week_start: str = "mon"
    dated: str = "refund"
    rate_policy: str = "exact"
    asked: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    def asks(self, dimension: str) -> bool:
        """Whether the figures are broken down or filtered by `dimension`."""
        return dimension in self.by or any(each.dimension == dimension for each in self.filters)

    def shifted(self, days: int) -> Query:
        """The same question, `days` days earlier."""
        gap = timedelta(days=days)
        instants = self.instants and (self.instants[0] - gap, self.instants[1] - gap)
        return replace(self, first=self.first - gap, last=self.last - gap, instants=instants, compare="")

    @property
    def compared_days(self) -> int:
        """How many days earlier the compared period lies."""
        return _DAYS_OF_A_YEAR if self.compare == "year" else (self.last - self.first).days + 1

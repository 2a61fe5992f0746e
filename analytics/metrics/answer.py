"""Answers a query: sums by bucket, dimension and currency, filled, with ratios and totals computed from exact sums."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from itertools import accumulate, islice
from typing import Any
from zoneinfo import ZoneInfo

from analytics.metrics import direct, grains, money, registry
from analytics.metrics.figures import TOTAL, is_split, read_before, statement
from analytics.metrics.query import BadQuery, Query
from analytics.metrics.rates import Rates
from analytics.metrics.registry import DAY, HOUR, Metric, Unit
from analytics.metrics.rows import Layout
from analytics.metrics.sources import source_of
from analytics.metrics.standing import Standing
from analytics.metrics.sums import Group, Parts, Sums, added, of_one_currency, rebucketed

# Rows of one answer, and of one file: a bucket and a group each.
MOST_ROWS, MOST_ROWS_OF_FILE = 100_000, 5_000_000
PAGE = 5_000


@dataclass(kw_only=True)
class Answer:
    """`data` is a JSON array of rows by bucket and group, `count` how many they are, `totals` an array by group."""

    data: str
    totals: str
    count: int
    groups: list[Group]
    rates: list[dict[str, Any]] = field(default_factory=list)
    unconverted: list[str] = field(default_factory=list)


class Reader:
    """Reads what one query needs, each sum once."""

    def __init__(self, query: Query, standing: Standing, *, beside: Iterable[Group] = ()) -> None:
        """The rows of an earlier period are `beside` those of other groups too, which had a value later."""
        self.query = query
        self._beside = beside
        self.standing = standing
        self.missing: set[str] = set()
        sums = [part for metric in query.metrics for part in registry.parts(metric)]
        self._sums = {part.name: part for part in sums}
        self._splits = {part.name: is_split(query, part) for part in sums}
        self._layout = Layout(query, self._zone, self._splits)
        self.rates: Rates | None = None
        if query.convert:
            may_be_previous = query.rate_policy == "previous"
            self.rates = Rates(to=query.convert, until=query.last, may_be_previous=may_be_previous)

    def answer(self) -> Answer:
        """The answer of the query; raises `BadQuery` when it has too many rows."""
        parts, groups, buckets = self._found(MOST_ROWS)
        data = self._layout.data(parts, groups, buckets)
        totals = self._layout.totals(parts, groups)
        rates = self.rates.as_json(self.missing) if self.rates else []
        return Answer(
            data=data, totals=totals, count=len(groups) * len(buckets), groups=groups, rates=rates,
            unconverted=sorted(self.missing),
        )  # fmt: skip

    def pages(self) -> Iterator[list[dict[str, Any]]]:
        """The rows of the answer, some buckets at a time; raises `BadQuery` when they are too many for a file."""
        parts, groups, buckets = self._found(MOST_ROWS_OF_FILE)
        step = max(1, PAGE // max(1, len(groups)))
        return (
            json.loads(self._layout.data(parts, groups, buckets[place : place + step]))
            for place in range(0, len(buckets), step)
        )

    def _found(self, most_rows: int) -> tuple[dict[str, Parts], list[Group], list[Any]]:
        """The sums, and the groups and buckets whose rows show them."""
        parts = {name: each for together in self._tables() for name, each in self._read(together).items()}
        self._leave_out(parts)
        groups, buckets = self._groups(parts), self._buckets()
        _check_size(len(groups) * len(buckets), most_rows)
        return parts, groups, buckets

    def _tables(self) -> list[list[Metric]]:
        """The sums that one statement reads: of one table, and all or none of them by currency."""
        found: dict[Any, list[Metric]] = {}
        for part in self._sums.values():
            key = (source_of(self.query, part)[0].name, self._splits[part.name], part.additive)
            found.setdefault(key, []).append(part)
        return [*found.values()]

    def _read(self, parts: Sequence[Metric]) -> dict[str, Parts]:
        """The sums of one table."""
        names = [part.name for part in parts]
        source, _ = source_of(self.query, parts[0])
        if source.is_direct:
            direct.check_size(self.query, self.standing)
        if self.rates and self._splits[names[0]]:
            is_by_day = DAY in source.grains and self.query.grain != HOUR
            found = self._read_sums(parts, DAY if is_by_day else self.query.grain)
            return {part.name: self._converted(part, sums) for part, sums in zip(parts, found, strict=True)}
        found = self._read_sums(parts)
        if "total_customers" in names:
            return {name: self._cumulated(sums) for name, sums in zip(names, found, strict=True)}
        whole = found if parts[0].additive else self._read_sums(parts, TOTAL)
        pairs = zip(found, whole, strict=True)
        return {
            name: Parts(by_bucket=sums, total=added(total)) for name, (sums, total) in zip(names, pairs, strict=True)
        }

    def _read_sums(self, parts: Sequence[Metric], grain: str | None = None) -> list[Sums]:
        return statement(self.query, parts, self.standing, grain=grain).read(len(self._members))

    def _converted(self, part: Metric, found: Sums) -> Parts:
        """Sums by day, converted by the rate of each day; counts are only added up."""
        if part.unit != Unit.MONEY:
            return Parts(by_bucket=rebucketed(found, self._begin_of), total={})
        converted, missing = money.convert(found, to=self.query.convert, rate_of=self._rate_of, begin_of=self._begin_of)
        self.missing |= missing
        return Parts(by_bucket=converted, total=added(converted))

    def _rate_of(self, currency: str, moment: date) -> Decimal | None:
        assert self.rates
        return self.rates.of(currency, moment.astimezone(self._zone).date() if isinstance(moment, datetime) else moment)

    def _begin_of(self, moment: Any) -> Any:
        if isinstance(moment, datetime):
            return moment
        return grains.begin_of(moment, self.query.grain, self.query.week_start)

    def _leave_out(self, parts: dict[str, Parts]) -> None:
        if not self.rates:
            return
        for name, each in parts.items():
            if self._splits[name] and self._sums[name].unit != Unit.MONEY:
                each.by_bucket = of_one_currency(each.by_bucket, self.query.convert, without=self.missing)
                each.total = added(each.by_bucket)

    def _cumulated(self, found: Sums) -> Parts:
        """Customers up to the end of each bucket."""
        before = read_before(self.query, self.standing)
        by_bucket: Sums = {}
        for group in {*found, *before} or {((), None)}:
            counts = [found.get(group, {}).get(bucket, Decimal(0)) for bucket in self._buckets()]
            running = accumulate(counts, initial=before.get(group, Decimal(0)))
            by_bucket[group] = dict(zip(self._buckets(), islice(running, 1, None), strict=True))
        return Parts(by_bucket=by_bucket, total={group: [*each.values()][-1] for group, each in by_bucket.items()})

    @property
    def _members(self) -> list[str]:
        return [name for name in self.query.by if name != "currency"]

    @property
    def _zone(self) -> ZoneInfo:
        return self.standing.zone if self.query.timezone == "store" else ZoneInfo(self.query.timezone)

    def _buckets(self) -> list[Any]:
        query = self.query
        if query.grain != HOUR:
            return grains.buckets(query.first, query.last, query.grain, query.week_start)
        begins, ends = query.instants or (
            _start(query.first, self._zone),
            _start(query.last + timedelta(days=1), self._zone),
        )
        begins = begins.astimezone(UTC)
        return [begins + timedelta(hours=n) for n in range(int((ends - begins).total_seconds() // 3600))]

    def _groups(self, parts: dict[str, Parts]) -> list[Group]:
        """The groups that have a value; what is asked for alone is there, with zeros, although nothing was sold."""
        found = {group for each in parts.values() for sums in (each.by_bucket, each.total) for group in sums}
        found.update(self._beside)
        if not self._members:
            splits = {*self._splits.values()}
            if False in splits:
                found.add(((), None))
            if True in splits and not any(currency for _, currency in found):
                found |= {((), currency) for currency in self._expected_currencies()}
        shown = [group for group in found if any(self._layout.belongs(metric, group) for metric in self.query.metrics)]
        return sorted(shown, key=lambda group: (group[0], group[1] or ""))

    def _expected_currencies(self) -> list[str]:
        chosen = [each.members for each in self.query.filters if each.dimension == "currency" and not each.is_not]
        return [self.query.convert] if self.query.convert else list(chosen[0]) if chosen else self.standing.currencies


def _check_size(count: int, most: int) -> None:
    if count > most:
        remedy = "filter the dimension, or use a shorter range or a longer grain"
        raise BadQuery("by", f"The answer has {count:,} rows, at most {most:,} are allowed: {remedy}.")


def _start(day: date, zone: ZoneInfo) -> datetime:
    return datetime(day.year, day.month, day.day, tzinfo=zone).astimezone(UTC)

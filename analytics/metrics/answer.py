"""Answers a query: sums by bucket, dimension and currency, filled, with ratios and totals computed from exact sums."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from analytics.metrics import grains, money, registry
from analytics.metrics.figures import TOTAL, Sums, is_split, read_before, statement
from analytics.metrics.query import Query
from analytics.metrics.rates import Rates
from analytics.metrics.registry import DAY, HOUR, Metric, Unit
from analytics.metrics.standing import Standing
from runtime.currencies import unit_of

Group = tuple[tuple[str, ...], str | None]
_CENT = Decimal("0.01")


@dataclass(kw_only=True)
class Parts:
    """The sums of one metric of a query, by bucket and of the whole range."""

    by_bucket: Sums
    total: Sums


@dataclass(kw_only=True)
class Answer:
    """Rows by bucket and group, and totals by group, as JSON."""

    data: list[dict[str, Any]]
    totals: list[dict[str, Any]]
    rates: list[dict[str, Any]] = field(default_factory=list)
    unconverted: list[str] = field(default_factory=list)


class Reader:
    """Reads what one query needs, each sum once."""

    def __init__(self, query: Query, standing: Standing) -> None:
        self.query = query
        self.standing = standing
        self.missing: set[str] = set()
        # Asked for each value of each row.
        sums = [part for metric in query.metrics for part in registry.parts(metric)]
        self._splits = {part.name: is_split(query, part) for part in sums}
        self.rates: Rates | None = None
        if query.convert:
            may_be_previous = query.rate_policy == "previous"
            self.rates = Rates(to=query.convert, until=query.last, may_be_previous=may_be_previous)

    def answer(self) -> Answer:
        """The answer of the query."""
        parts = {part.name: self._read(part) for metric in self.query.metrics for part in registry.parts(metric)}
        self._leave_out(parts)
        groups = self._groups(parts)
        data = [self._row(bucket, group, parts) for bucket in self._buckets() for group in groups]
        totals = [self._total(group, parts) for group in groups]
        rates = self.rates.as_json(self.missing) if self.rates else []
        return Answer(data=data, totals=totals, rates=rates, unconverted=sorted(self.missing))

    def _read(self, part: Metric) -> Parts:
        if self.rates and self._splits[part.name]:
            return self._read_converted(part)
        query, count = self.query, len(self._members)
        found = statement(query, part, self.standing).read(count)
        if part.name == "total_customers":
            return self._cumulated(found)
        if part.additive:
            return Parts(by_bucket=found, total=_summed(found))
        return Parts(by_bucket=found, total=_summed(statement(query, part, self.standing, grain=TOTAL).read(count)))

    def _read_converted(self, part: Metric) -> Parts:
        """Sums by day, converted by the rate of each day; counts are only added up."""
        assert self.rates
        query = self.query
        source, _ = query.source_of(part)
        grain = DAY if DAY in source.grains else query.grain
        found = statement(query, part, self.standing, grain=HOUR if query.grain == HOUR else grain).read(
            len(self._members)
        )
        if part.unit != Unit.MONEY:
            return Parts(by_bucket=_rebucketed(found, self._begin_of), total={})
        converted, missing = money.convert(found, to=query.convert, rate_of=self._rate_of, begin_of=self._begin_of)
        self.missing |= missing
        return Parts(by_bucket=converted, total=_summed(converted))

    def _rate_of(self, currency: str, moment: date) -> Decimal | None:
        assert self.rates
        return self.rates.of(currency, moment.astimezone(self._zone).date() if isinstance(moment, datetime) else moment)

    def _begin_of(self, moment: Any) -> Any:
        return (
            moment if isinstance(moment, datetime) else grains.begin_of(moment, self.query.grain, self.query.week_start)
        )

    def _leave_out(self, parts: dict[str, Parts]) -> None:
        """Counts beside converted money leave out the same currencies, and are of one group."""
        for name, each in parts.items():
            part = registry.find(name)
            if self.rates and self._splits[name] and part.unit != Unit.MONEY:
                kept = {key: value for key, value in each.by_bucket.items() if key[2] not in self.missing}
                each.by_bucket = _merged(
                    ((bucket, members, self.query.convert), n) for (bucket, members, _), n in kept.items()
                )
                each.total = _summed(each.by_bucket)

    def _cumulated(self, found: Sums) -> Parts:
        """Customers up to the end of each bucket."""
        running = {
            (members, currency): n for (_, members, currency), n in read_before(self.query, self.standing).items()
        }
        groups = {(members, currency) for _, members, currency in found} | set(running) or {((), None)}
        by_bucket: Sums = {}
        for bucket in self._buckets():
            for group in groups:
                running[group] = running.get(group, Decimal(0)) + found.get((bucket, *group), 0)
                by_bucket[(bucket, *group)] = running[group]
        return Parts(by_bucket=by_bucket, total={(None, *group): running[group] for group in groups})

    @property
    def _members(self) -> list[str]:
        return [name for name in self.query.by if name != "currency"]

    @property
    def _zone(self) -> ZoneInfo:
        return self.standing.zone if self.query.timezone == "store" else ZoneInfo(self.query.timezone)

    def _buckets(self) -> list[Any]:
        query = self.query
        if query.grain != HOUR:
            return list(grains.buckets(query.first, query.last, query.grain, query.week_start))
        begins, ends = query.instants or (
            _start(query.first, self._zone),
            _start(query.last + timedelta(days=1), self._zone),
        )
        begins = begins.astimezone(UTC)
        return [begins + timedelta(hours=n) for n in range(int((ends - begins).total_seconds() // 3600))]

    def _groups(self, parts: dict[str, Parts]) -> list[Group]:
        """The groups that have a value; what is asked for alone is there, with zeros, although nothing was sold."""
        found = {
            (members, currency) for each in parts.values() for _, members, currency in (*each.by_bucket, *each.total)
        }
        if not self._members:
            splits = {self._is_split(name) for name in parts}
            if False in splits:
                found.add(((), None))
            if True in splits and not any(currency for _, currency in found):
                found |= {((), currency) for currency in self._expected_currencies()}
        shown = [group for group in found if any(self._belongs(metric, group[1]) for metric in self.query.metrics)]
        return sorted(shown, key=lambda group: (group[0], group[1] or ""))

    def _expected_currencies(self) -> list[str]:
        chosen = [each.members for each in self.query.filters if each.dimension == "currency" and not each.is_not]
        return [self.query.convert] if self.query.convert else list(chosen[0]) if chosen else self.standing.currencies

    def _is_split(self, name: str) -> bool:
        return self._splits[name]

    def _row(self, bucket: Any, group: Group, parts: dict[str, Parts]) -> dict[str, Any]:
        values = {name: each.by_bucket.get((bucket, *self._own(name, group))) for name, each in parts.items()}
        return {**self._labels(bucket), **self._named(group), **self._values(group, values)}

    def _total(self, group: Group, parts: dict[str, Parts]) -> dict[str, Any]:
        values = {name: each.total.get((None, *self._own(name, group))) for name, each in parts.items()}
        return {**self._named(group), **self._values(group, values)}

    def _own(self, name: str, group: Group) -> Group:
        """The group of a sum that stands beside others of `group`: one that is not split has no currency."""
        return group if self._is_split(name) else (group[0], None)

    def _labels(self, bucket: Any) -> dict[str, str]:
        query = self.query
        if isinstance(bucket, datetime):
            text = bucket.astimezone(self._zone).isoformat()
            return {"date": text, "label": text}
        return {"date": bucket.isoformat(), "label": grains.label(bucket, query.grain, query.week_start)}

    def _named(self, group: Group) -> dict[str, Any]:
        return {**dict(zip(self._members, group[0], strict=True)), "currency": group[1]}

    def _values(self, group: Group, values: dict[str, Any]) -> dict[str, Any]:
        """The metrics that belong to the group."""
        return {
            metric.name: _text(metric, self._value(metric, values, group[1]))
            for metric in self.query.metrics
            if self._belongs(metric, group[1])
        }

    def _belongs(self, metric: Metric, currency: str | None) -> bool:
        return self._is_split(registry.parts(metric)[0].name) == (currency is not None)

    def _value(self, metric: Metric, values: dict[str, Any], currency: str | None) -> Any:
        if metric.over is None:
            return values[metric.name] or 0
        above, below = (self._part_value(name, values) for name in metric.over)
        if metric.unit == Unit.SHARE:
            return money.share(above, below)
        return money.ratio(above, below, unit_of(currency or ""))

    def _part_value(self, name: str, values: dict[str, Any]) -> Any:
        return values[name] or 0


def _start(day: date, zone: ZoneInfo) -> datetime:
    return datetime(day.year, day.month, day.day, tzinfo=zone).astimezone(UTC)


def _summed(sums: Sums) -> Sums:
    """The sums of all buckets."""
    return _merged(((None, members, currency), value) for (_, members, currency), value in sums.items())


def _rebucketed(sums: Sums, begin_of: Any) -> Sums:
    return _merged(
        ((begin_of(bucket), members, currency), value) for (bucket, members, currency), value in sums.items()
    )


def _merged(pairs: Iterable[tuple[Any, Any]]) -> Sums:
    found: Sums = {}
    for key, value in pairs:
        found[key] = found.get(key, 0) + value
    return found


def _text(metric: Metric, value: Any) -> Any:
    """A value as JSON has it."""
    if value is None:
        return None
    if metric.unit == Unit.COUNT:
        return int(value)
    if metric.unit == Unit.MONEY:
        return f"{money.rounded(Decimal(value), _CENT):f}"
    return f"{Decimal(value).normalize():f}" if metric.unit == Unit.QUANTITY else f"{value:f}"

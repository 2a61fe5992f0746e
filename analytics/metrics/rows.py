"""Lays out sums as rows: one per bucket and group, also where nothing was sold, and one per group in total.

Rows are written as JSON at once: hundreds of them are sent for each that is read here.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from itertools import chain
from typing import Any
from zoneinfo import ZoneInfo

from analytics.metrics import grains, registry
from analytics.metrics.query import Query
from analytics.metrics.registry import DAY, HOUR, Metric
from analytics.metrics.sums import Group, Parts, Series, Sums
from analytics.metrics.values import write_ratios, write_sums


def to_json(value: Any) -> str:
    """Compact JSON."""
    return json.dumps(value, separators=(",", ":"))


class Layout:
    """Rows of a query. `splits` has the sums by name, and whether each is kept apart by currency."""

    def __init__(self, query: Query, zone: ZoneInfo, splits: Mapping[str, bool]) -> None:
        self._query = query
        self._zone = zone
        self._splits = splits

    def data(self, parts: Mapping[str, Parts], groups: Sequence[Group], buckets: Sequence[Any]) -> str:
        """A row per bucket and group."""
        sums = {name: each.by_bucket for name, each in parts.items()}
        labels = self._labels(buckets)
        by_group = [self._rows(group, sums, buckets, labels) for group in groups]
        return f"[{','.join(chain.from_iterable(zip(*by_group, strict=True)))}]"

    def totals(self, parts: Mapping[str, Parts], groups: Sequence[Group]) -> str:
        """A row per group."""
        sums = {name: {group: {None: value} for group, value in each.total.items()} for name, each in parts.items()}
        return f"[{','.join(self._rows(group, sums, [None], [''])[0] for group in groups)}]"

    def belongs(self, metric: Metric, group: Group) -> bool:
        """Whether the metric has a value in the rows of the group: money in those of a currency."""
        return self._splits[registry.parts(metric)[0].name] == (group[1] is not None)

    def _rows(self, group: Group, sums: Mapping[str, Sums], buckets: Sequence[Any], labels: Sequence[str]) -> list[str]:
        """The rows of one group, as objects of JSON that begin with `labels`."""
        metrics = [metric for metric in self._query.metrics if self.belongs(metric, group)]
        columns = [self._column(metric, group, sums, buckets) for metric in metrics]
        named = to_json(self._named(group))[1:-1].replace("%", "%%")
        values = "".join(f',"{metric.name}":%s' for metric in metrics)
        row = f"{{%s{named}{values}}}"
        return [row % cells for cells in zip(labels, *columns, strict=True)]

    def _column(self, metric: Metric, group: Group, sums: Mapping[str, Sums], buckets: Sequence[Any]) -> list[str]:
        if metric.over is None:
            return write_sums(metric, sums[metric.name].get(group, {}), buckets)
        above, below = (self._own(sums[name], name, group) for name in metric.over)
        return write_ratios(metric, above, below, group[1], buckets)

    def _own(self, sums: Sums, name: str, group: Group) -> Series:
        """The values of a sum that stands beside others of `group`: one that is not split has no currency."""
        return sums.get(group if self._splits[name] else (group[0], None), {})

    def _named(self, group: Group) -> dict[str, Any]:
        members = [name for name in self._query.by if name != "currency"]
        return {**dict(zip(members, group[0], strict=True)), "currency": group[1]}

    def _labels(self, buckets: Sequence[Any]) -> list[str]:
        """The first fields of the rows."""
        grain, week_start = self._query.grain, self._query.week_start
        if grain == HOUR:
            buckets = [bucket.astimezone(self._zone) for bucket in buckets]
        texts = [bucket.isoformat() for bucket in buckets]
        labels = texts if grain in (HOUR, DAY) else [grains.label(bucket, grain, week_start) for bucket in buckets]
        return [f'"date":"{text}","label":"{label}",' for text, label in zip(texts, labels, strict=True)]

"""Lays out sums as rows: one per bucket and group, also where nothing was sold, and one per group in total."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from analytics.metrics import grains, registry
from analytics.metrics.query import Query
from analytics.metrics.registry import DAY, Metric
from analytics.metrics.sums import Group, Parts, Sums
from analytics.metrics.values import Cell, ratio_cell, sum_cell

Row = dict[str, Any]


class Layout:
    """Rows of a query. `splits` has the sums by name, and whether each is kept apart by currency."""

    def __init__(self, query: Query, zone: ZoneInfo, splits: Mapping[str, bool]) -> None:
        self._query = query
        self._zone = zone
        self._splits = splits

    def data(self, parts: Mapping[str, Parts], groups: Sequence[Group], buckets: Sequence[Any]) -> list[Row]:
        """A row per bucket and group."""
        sums = {name: each.by_bucket for name, each in parts.items()}
        plans = [(self._named(group), self._cells(group, sums)) for group in groups]
        rows = []
        for bucket in buckets:
            labels = self._labels(bucket)
            for named, cells in plans:
                row = labels | named
                for name, cell in cells:
                    row[name] = cell(bucket)
                rows.append(row)
        return rows

    def totals(self, parts: Mapping[str, Parts], groups: Sequence[Group]) -> list[Row]:
        """A row per group."""
        sums = {name: each.total for name, each in parts.items()}
        return [self._named(group) | {name: cell(None) for name, cell in self._cells(group, sums)} for group in groups]

    def belongs(self, metric: Metric, group: Group) -> bool:
        """Whether the metric has a value in the rows of the group: money in those of a currency."""
        return self._splits[registry.parts(metric)[0].name] == (group[1] is not None)

    def _cells(self, group: Group, sums: Mapping[str, Sums]) -> list[tuple[str, Cell]]:
        metrics = [metric for metric in self._query.metrics if self.belongs(metric, group)]
        return [(metric.name, self._cell(metric, group, sums)) for metric in metrics]

    def _cell(self, metric: Metric, group: Group, sums: Mapping[str, Sums]) -> Cell:
        if metric.over is None:
            return sum_cell(metric, sums[metric.name], group)
        above, below = ((sums[name], self._own(name, group)) for name in metric.over)
        return ratio_cell(metric, above, below, group[1])

    def _own(self, name: str, group: Group) -> Group:
        """The group of a sum that stands beside others of `group`: one that is not split has no currency."""
        return group if self._splits[name] else (group[0], None)

    def _named(self, group: Group) -> Row:
        members = [name for name in self._query.by if name != "currency"]
        return {**dict(zip(members, group[0], strict=True)), "currency": group[1]}

    def _labels(self, bucket: Any) -> Row:
        if isinstance(bucket, datetime):
            text = bucket.astimezone(self._zone).isoformat()
            return {"date": text, "label": text}
        text, grain = bucket.isoformat(), self._query.grain
        return {"date": text, "label": text if grain == DAY else grains.label(bucket, grain, self._query.week_start)}

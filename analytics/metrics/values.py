"""Values as JSON: money with two decimals, quantities and shares as texts, counts as numbers."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from decimal import Decimal
from typing import Any

from analytics.metrics import money
from analytics.metrics.registry import Metric, Unit
from analytics.metrics.sums import Series
from runtime.currencies import unit_of

_NULL = "null"
_WRITERS: dict[Unit, Callable[[Decimal], str]] = {
    # Sums have two decimals, and what is converted or divided is rounded already.
    Unit.MONEY: '"{:.2f}"'.format,
    Unit.COUNT: "{:.0f}".format,
    Unit.QUANTITY: lambda value: f'"{Decimal(value).normalize():f}"',
    Unit.SHARE: '"{:f}"'.format,
}


def write_sums(metric: Metric, series: Series, buckets: Sequence[Any]) -> list[str]:
    """The values of a sum as literals of JSON; 0 where there is none."""
    write = _WRITERS[metric.unit]
    zero = write(Decimal(0))
    return [zero if value is None else write(value) for value in map(series.get, buckets)]


def write_ratios(
    metric: Metric, above: Series, below: Series, currency: str | None, buckets: Sequence[Any]
) -> list[str]:
    """The values of a ratio, from exact sums; null where nothing is to be divided by."""
    write, unit = _WRITERS[metric.unit], money.SHARE if metric.unit == Unit.SHARE else unit_of(currency or "")
    pairs = zip(map(above.get, buckets), map(below.get, buckets), strict=True)
    values = (money.ratio(top or 0, bottom or 0, unit) for top, bottom in pairs)
    return [_NULL if value is None else write(value) for value in values]

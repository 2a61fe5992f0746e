"""Values as JSON has them: money with two decimals, counts as numbers, quantities and shares as texts."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import Any

from analytics.metrics import money
from analytics.metrics.registry import Metric, Unit
from analytics.metrics.sums import Group, Sums
from runtime.currencies import unit_of

# The value of a bucket.
Cell = Callable[[Any], Any]
_WRITERS: dict[Unit, Callable[[Decimal], Any]] = {
    # Sums have two decimals, and what is converted or divided is rounded already.
    Unit.MONEY: "{:.2f}".format,
    Unit.COUNT: int,
    Unit.QUANTITY: lambda value: f"{value.normalize():f}",
    Unit.SHARE: lambda value: f"{value:f}",
}


def sum_cell(metric: Metric, sums: Sums, group: Group) -> Cell:
    """The values of a sum; 0 where there is none."""
    write = _WRITERS[metric.unit]
    zero = write(Decimal(0))

    def cell(bucket: Any) -> Any:
        value = sums.get((bucket, *group))
        return zero if value is None else write(Decimal(value))

    return cell


def ratio_cell(metric: Metric, above: tuple[Sums, Group], below: tuple[Sums, Group], currency: str | None) -> Cell:
    """The values of a ratio, from exact sums; null where nothing is to be divided by."""
    write, is_share = _WRITERS[metric.unit], metric.unit == Unit.SHARE

    def cell(bucket: Any) -> Any:
        top, bottom = (sums.get((bucket, *group)) or 0 for sums, group in (above, below))
        value = money.share(top, bottom) if is_share else money.ratio(top, bottom, unit_of(currency or ""))
        return None if value is None else write(value)

    return cell

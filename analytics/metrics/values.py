"""Values as JSON: money with two decimals, quantities and shares as texts, counts as numbers."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from decimal import Decimal
from itertools import repeat
from typing import Any

from analytics.metrics import money
from analytics.metrics.registry import Metric, Unit
from analytics.metrics.sums import Series
from runtime.currencies import unit_of

_NULL = "null"
# Sums have two decimals, and what is converted or divided is rounded already: adding this only writes both of them.
_CENTS = Decimal("0.00")
_ZERO = Decimal(0)


# Each writes a whole column: a call for each value would cost as much as writing it. Ratios alone may be None.
def _money(values: Iterable[Decimal | None]) -> list[str]:
    return [_NULL if value is None else f'"{value + _CENTS!s}"' for value in values]


def _shares(values: Iterable[Decimal | None]) -> list[str]:
    return [_NULL if value is None else f'"{value:f}"' for value in values]


def _counts(values: Iterable[Decimal | None]) -> list[str]:
    return list(map(str, values))


def _quantities(values: Iterable[Decimal | None]) -> list[str]:
    return [f'"{Decimal(value or 0).normalize():f}"' for value in values]


_WRITERS: dict[Unit, Callable[[Iterable[Decimal | None]], list[str]]] = {
    Unit.MONEY: _money, Unit.SHARE: _shares, Unit.COUNT: _counts, Unit.QUANTITY: _quantities,
}  # fmt: skip


def write_sums(metric: Metric, series: Series, buckets: Sequence[Any]) -> list[str]:
    """The values of a sum as literals of JSON; 0 where there is none."""
    return _WRITERS[metric.unit](map(series.get, buckets, repeat(_ZERO)))


def write_ratios(
    metric: Metric, above: Series, below: Series, currency: str | None, buckets: Sequence[Any]
) -> list[str]:
    """The values of a ratio, from exact sums; null where nothing is to be divided by."""
    unit = money.SHARE if metric.unit == Unit.SHARE else unit_of(currency or "")
    tops, bottoms = (map(each.get, buckets, repeat(_ZERO)) for each in (above, below))
    return _WRITERS[metric.unit](money.ratios(tops, bottoms, unit))

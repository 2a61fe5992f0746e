"""Exact arithmetic of figures: shares, averages and conversion, in Decimal, half up. Imports no framework."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import date
from decimal import ROUND_HALF_UP, Context, Decimal
from typing import Any

from analytics.metrics.sums import Sums, of_one_currency
from runtime.currencies import unit_of

_EXACT = Context(prec=60, rounding=ROUND_HALF_UP)
# The unit of a share.
SHARE = Decimal("0.0001")
# The rate of a currency on a day; None where none is stamped.
RateOf = Callable[[str, date], Decimal | None]


def rounded(amount: Decimal, unit: Decimal) -> Decimal:
    """`amount` in whole units, half up, never -0."""
    return amount.quantize(unit, context=_EXACT) + 0


def ratio(numerator: Decimal | int, denominator: Decimal | int, unit: Decimal) -> Decimal | None:
    """numerator / denominator in whole units, half up; None where nothing is to be divided by."""
    return ratios([numerator], [denominator], unit)[0]


def ratios(
    numerators: Iterable[Decimal | int], denominators: Iterable[Decimal | int], unit: Decimal
) -> list[Decimal | None]:
    """The same for each pair of two columns."""
    divide, quantize = _EXACT.divide, _EXACT.quantize
    pairs = zip(numerators, denominators, strict=True)
    return [quantize(divide(top, bottom), unit) + 0 if bottom else None for top, bottom in pairs]


def share(numerator: Decimal | int, denominator: Decimal | int) -> Decimal | None:
    """The same with four decimals."""
    return ratio(numerator, denominator, SHARE)


def convert(sums: Sums, *, to: str, rate_of: RateOf, begin_of: Callable[[date], Any]) -> tuple[Sums, set[str]]:
    """Daily sums in currency `to`, by bucket; and the currencies that are left out because a day has no rate.

    Each is rounded once per currency and bucket.
    """
    exact: Sums = {}
    missing: set[str] = set()
    for (members, currency), series in sums.items():
        assert currency is not None
        converted = exact.setdefault((members, currency), {})
        for day, amount in series.items():
            rate = Decimal(1) if currency == to else rate_of(currency, day)
            if rate is None:
                missing.add(currency)
                continue
            begin = begin_of(day)
            converted[begin] = _EXACT.add(converted.get(begin, Decimal(0)), _EXACT.multiply(amount, rate))
    return of_one_currency(_rounded(exact, unit_of(to)), to, without=missing), missing


def _rounded(sums: Sums, unit: Decimal) -> Sums:
    return {
        group: {bucket: rounded(amount, unit) for bucket, amount in series.items()} for group, series in sums.items()
    }

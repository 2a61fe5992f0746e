"""Exact arithmetic of figures: shares, averages and conversion, in Decimal, half up. Imports no framework."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from decimal import ROUND_HALF_UP, Context, Decimal
from typing import Any

from runtime.currencies import unit_of

_EXACT = Context(prec=60, rounding=ROUND_HALF_UP)
_SHARE = Decimal("0.0001")
# The rate of a currency on a day; None where none is stamped.
RateOf = Callable[[str, date], Decimal | None]


def rounded(amount: Decimal, unit: Decimal) -> Decimal:
    """`amount` in whole units, half up, never -0."""
    return amount.quantize(unit, context=_EXACT) + 0


def ratio(numerator: Decimal | int, denominator: Decimal | int, unit: Decimal) -> Decimal | None:
    """numerator / denominator in whole units, half up; None where nothing is to be divided by."""
    if not denominator:
        return None
    return rounded(_EXACT.divide(Decimal(numerator), Decimal(denominator)), unit)


def share(numerator: Decimal | int, denominator: Decimal | int) -> Decimal | None:
    """The same with four decimals."""
    return ratio(numerator, denominator, _SHARE)


def convert(
    sums: Mapping[tuple[Any, tuple[str, ...], str | None], Decimal],
    *,
    to: str,
    rate_of: RateOf,
    begin_of: Callable[[date], Any],
) -> tuple[dict[tuple[Any, tuple[str, ...], str | None], Decimal], set[str]]:
    """Daily sums in currency `to`, by bucket; and the currencies that are left out because a day has no rate.

    Each is rounded once per currency and bucket.
    """
    exact: dict[tuple[Any, tuple[str, ...], str], Decimal] = {}
    missing: set[str] = set()
    for (day, members, currency), amount in sums.items():
        assert currency is not None
        rate = Decimal(1) if currency == to else rate_of(currency, day)
        if rate is None:
            missing.add(currency)
            continue
        key = (begin_of(day), members, currency)
        exact[key] = _EXACT.add(exact.get(key, Decimal(0)), _EXACT.multiply(amount, rate))
    found: dict[tuple[Any, tuple[str, ...], str | None], Decimal] = {}
    for (begin, members, currency), amount in exact.items():
        if currency not in missing:
            found[begin, members, to] = found.get((begin, members, to), Decimal(0)) + rounded(amount, unit_of(to))
    return found, missing

"""Exact money: `Decimal` with two decimals, rounded half up (away from zero). All code rounds money by this module."""

from __future__ import annotations

import re
from collections.abc import Sequence
from decimal import ROUND_FLOOR, ROUND_HALF_UP, Decimal

from runtime.currencies import unit_of

CENT = Decimal("0.01")
# numeric(9,6): the column of a VAT rate, such as 0.08875 or 0.14975.
RATE_UNIT = Decimal("0.000001")
# numeric(12,2): the database refuses amounts from this on.
LIMIT = Decimal(10) ** 10
_MONEY = re.compile(r"[0-9]{1,10}(\.[0-9]{1,2})?", re.ASCII)


class BadMoney(ValueError):
    """The text is not an amount of money."""


def quantize(amount: Decimal) -> Decimal:
    """`amount` with two decimals, half up; zero is never -0.00, which e-invoices refuse (BR-Z-09)."""
    # Adding 0 turns -0.00 into 0.00.
    return amount.quantize(CENT, rounding=ROUND_HALF_UP) + 0


def round_to(amount: Decimal, unit: Decimal) -> Decimal:
    """`amount` in whole `unit`s (0.01, or 1 for a currency without decimals), half up, written with two decimals."""
    return amount.quantize(unit, rounding=ROUND_HALF_UP).quantize(CENT) + 0


def is_exact(number: Decimal, unit: Decimal) -> bool:
    """Whether `number` is a whole multiple of `unit`, so that storing it rounds nothing; false for NaN and infinity."""
    return number.is_finite() and abs(number) < LIMIT and number % unit == 0


def vat_of(subtotal: Decimal, vat_rate: Decimal) -> Decimal:
    """The VAT on `subtotal` at `vat_rate` (0.15 is 15 %)."""
    return quantize(subtotal * vat_rate)


def split(total: Decimal, parts: Sequence[Decimal], unit: Decimal = CENT) -> list[Decimal]:
    """`total` as one amount in whole `unit`s per part; `parts` are the exact amounts, which add up to about `total`.

    Largest remainder: each part is rounded down, and the units that are left go to the parts with the largest
    remainders. A part of zero gets zero unless all parts are zero.
    """
    shares = [part.quantize(unit, rounding=ROUND_FLOOR) for part in parts]
    order = sorted((index for index, part in enumerate(parts) if part), key=lambda index: shares[index] - parts[index])
    order = order or list(range(len(parts)))
    units_for_each, units_left = divmod(int((total - sum(shares)) / unit), len(order))
    for place, index in enumerate(order):
        shares[index] += (units_for_each + (place < units_left)) * unit
    return [quantize(share) for share in shares]


def average(total: Decimal, count: int) -> Decimal:
    """`total` / `count`, half up; 0.00 when `count` is 0."""
    return quantize(total / count) if count else Decimal("0.00")


def parse(text: str) -> Decimal:
    """An amount as people and shops write it, up to ten digits and two decimals; raises `BadMoney`."""
    if not _MONEY.fullmatch(text):
        raise BadMoney(f"{text[:40]!r} is not an amount; write digits with at most two decimals, such as 1234.50.")
    return quantize(Decimal(text))


def text(amount: Decimal) -> str:
    """`amount` as the API writes it: `"1234.50"`."""
    return f"{quantize(amount):f}"


def printed(amount: Decimal, currency: str) -> str:
    """`amount` as pages and files print it: with the decimals that the currency has, `"1234.50"` or `"1234"`."""
    return f"{amount.quantize(unit_of(currency), rounding=ROUND_HALF_UP) + 0:f}"

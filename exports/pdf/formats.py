"""How numbers, days and texts are written on a page."""

from __future__ import annotations

import re
from datetime import date
from decimal import Decimal

from invoices import money

# A word that no line can hold is broken here; the mark is not seen and takes no room.
LONGEST_WORD, BREAK = 24, "\N{ZERO WIDTH SPACE}"
_LONG = re.compile(rf"\S{{{LONGEST_WORD}}}(?=\S)")
# Control characters have no shape.
_CONTROL = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\ufffe\uffff]")


def amount(value: Decimal, currency: str) -> str:
    """`1,234.50`, or `1,234` in a currency without decimals."""
    return _signed(f"{Decimal(money.printed(value, currency)):,}")


def number(value: Decimal) -> str:
    """A quantity or price with no needless zeros, `1,234.5`."""
    return _signed(f"{Decimal(f'{value.normalize():f}'):,}") if value else "0"


def price(value: Decimal, currency: str) -> str:
    """A price: at least the decimals of the currency, up to six."""
    exact = money.printed(value, currency)
    return f"{Decimal(exact):,}" if Decimal(exact) == value else number(value)


def percent(rate: Decimal) -> str:
    return f"{number(rate * 100)} %"


def day(value: date) -> str:
    """`21 November 2026`: no reader takes the day for the month."""
    return f"{value.day} {value:%B %Y}"


def text(value: str) -> str:
    """The text on lines that can be broken, without what has no shape."""
    return _LONG.sub(rf"\g<0>{BREAK}", _CONTROL.sub(" ", value)).strip()


def _signed(figures: str) -> str:
    return figures.replace("-", "\N{MINUS SIGN}")

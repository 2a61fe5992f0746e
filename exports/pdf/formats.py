"""How numbers, days and texts are written on a page."""

from __future__ import annotations

import re
from decimal import Decimal

from exports.pdf.words import Words
from invoices import money
from runtime.currencies import unit_of

# A word that no line can hold is broken here; the mark is not seen and takes no room.
LONGEST_WORD, BREAK = 24, "\N{ZERO WIDTH SPACE}"
_LONG = re.compile(rf"\S{{{LONGEST_WORD}}}(?=\S)")
# Control characters have no shape. Variation selectors choose between shapes of which the fonts have one.
_CONTROL = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\ufffe\uffff]")
_SELECTORS = re.compile("[\ufe00-\ufe0f\U000e0100-\U000e01ef]")


def amount(value: Decimal, currency: str, words: Words) -> str:
    """`1,234.50`, or `1,234` in a currency without decimals."""
    return words.write_number(money.printed(value, currency))


def number(value: Decimal, words: Words) -> str:
    """A quantity or price with no needless zeros, `1,234.5`."""
    return words.write_number(f"{value.normalize():f}") if value else "0"


def price(value: Decimal, currency: str, words: Words) -> str:
    """A price: at least the decimals of the currency, up to six."""
    is_exact = value % unit_of(currency) == 0
    return amount(value, currency, words) if is_exact else number(value, words)


def percent(rate: Decimal, words: Words) -> str:
    return f"{number(rate * 100, words)}\N{NO-BREAK SPACE}%"


def text(value: str) -> str:
    """The text on lines that can be broken, without what has no shape."""
    return _LONG.sub(rf"\g<0>{BREAK}", _SELECTORS.sub("", _CONTROL.sub(" ", value))).strip()

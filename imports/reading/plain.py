"""Numbers, rates and dates as people and their programs write them, turned into the plain texts of `values`.

A text that two readings fit is refused with both of them, unless the dialect of the file decides.
"""

from __future__ import annotations

import re
from datetime import date, datetime, time
from decimal import Decimal
from functools import lru_cache

from imports.reading.dialects import DAY_FIRST, MONTH_FIRST, Dialect
from imports.reading.values import BadValue

# Grouping of digits in French and Swiss texts, and signs of money around a number.
_SPACES = re.compile("[\\s\u00a0\u2009\u202f'\u2019]")
_MONEY_SIGN = re.compile(r"^(-?)(?:[A-Z]{3}|[€$£¥])?(-?)([\d.,]+)(-?)(?:[A-Z]{3}|[€$£¥])?$", re.ASCII)
_GROUPED = {mark: re.compile(rf"\d{{1,3}}(\{mark}\d{{3}})+") for mark in ",."}
_OTHER = {",": ".", ".": ","}
_ISO_WITH_SPACE = re.compile(r"(\d{4}-\d{2}-\d{2}[ T]\d{2}:\d{2}(?::\d{2})?(?:\.\d+)?) ?(UTC|GMT|Z|[+-]\d{2}:?\d{2})?")
_NUMERIC = re.compile(
    r"(\d{1,4})([./-])(\d{1,2})\2(\d{1,4})(?:,? +(\d{1,2}):(\d{2})(?::(\d{2}))?(?: ?([AaPp])\.?[Mm]\.?)?)?", re.ASCII
)


def plain_number(name: str, text: str, dialect: Dialect) -> str:
    """`text` with a point before its decimals and nothing else; empty stays empty. Raises `BadValue`."""
    found = _MONEY_SIGN.fullmatch(_SPACES.sub("", text))
    if found is None:
        return text.strip()
    sign = "-" if "-" in found.group(1) + found.group(2) + found.group(4) else ""
    return sign + _ungrouped(name, found.group(3), dialect)


def plain_rate(name: str, text: str, dialect: Dialect) -> str:
    """A rate of VAT as a part of one: `19 %`, `19`, `19,00` and `0,19` are 0.19."""
    digits = text.strip().removesuffix("%").strip()
    number = plain_number(name, digits, dialect)
    try:
        value = Decimal(number)
    except ArithmeticError:
        return text.strip()
    is_percent = digits != text.strip() or value >= 1
    return f"{value / 100 if is_percent else value:f}"


def plain_date(name: str, text: str, dialect: Dialect) -> str:
    """A date, with its time where it has one, in the form of ISO 8601; raises `BadValue` where day and month are open."""
    return _plain_date(name, text.strip(), dialect.date_order)


def _ungrouped(name: str, digits: str, dialect: Dialect) -> str:
    marks = [each for each in digits if each in ",."]
    if not marks:
        return digits
    if len(set(marks)) == 2:
        return _without_groups(digits, decimal=marks[-1])
    mark = marks[0]
    if len(marks) > 1:
        return digits.replace(mark, "") if _GROUPED[mark].fullmatch(digits) else digits
    whole, decimals = digits.split(mark)
    is_open = len(decimals) == 3 and 1 <= len(whole) <= 3 and whole != "0"
    if is_open and not dialect.decimal_mark:
        raise BadValue(
            f"{name}: {digits!r} is {whole}{decimals} or {whole} and {decimals} thousandths; the file has both marks, "
            "so say which one comes before decimals (decimal_mark)."
        )
    if is_open and dialect.decimal_mark != mark:
        return whole + decimals
    return f"{whole or 0}.{decimals}" if decimals else whole


def _without_groups(digits: str, *, decimal: str) -> str:
    whole, _, decimals = digits.rpartition(decimal)
    is_grouped = _GROUPED[_OTHER[decimal]].fullmatch(whole)
    return f"{whole.replace(_OTHER[decimal], '')}.{decimals}" if is_grouped else digits


@lru_cache(maxsize=1024)
def _plain_date(name: str, text: str, order: str) -> str:
    """Kept for the next rows: those of a document share their date, and reading it is expensive."""
    if found := _ISO_WITH_SPACE.fullmatch(text):
        moment, zone = found.groups()
        return moment + ("+00:00" if zone in ("UTC", "GMT", "Z") else zone or "")
    if (found := _NUMERIC.fullmatch(text)) is None:
        return text
    first, separator, second, third, *clock = found.groups()
    day = _day(name, text, first, separator, second, third, order)
    return day.isoformat() if clock[0] is None else datetime.combine(day, _clock(name, text, *clock)).isoformat()


def _day(name: str, text: str, first: str, separator: str, second: str, third: str, order: str) -> date:
    """Dots stand between day, month and year; with other separators, the month comes first in America."""
    one, two = int(first), int(second)
    if len(first) == 4:
        year, month, day = one, two, int(third)
    else:
        year = int(third) + (2000 if len(third) == 2 else 0)
        order = DAY_FIRST if separator == "." or one > 12 else MONTH_FIRST if two > 12 else order
        if not order and one != two:
            raise BadValue(
                f"{name}: {text[:40]!r} is the {first}th of month {second} or the {second}th of month {first}; say which "
                "comes first (date_order)."
            )
        day, month = (two, one) if order == MONTH_FIRST else (one, two)
    try:
        return date(year, month, day)
    except ValueError:
        raise BadValue(f"{name}: {text[:40]!r} is not a day of the calendar, such as 31.01.2026.") from None


def _clock(name: str, text: str, hour: str, minute: str, second: str | None, half: str | None) -> time:
    hours = int(hour) % 12 + (12 if half in ("P", "p") else 0) if half else int(hour)
    try:
        return time(hours, int(minute), int(second or 0), tzinfo=None)
    except ValueError:
        raise BadValue(f"{name}: {text[:40]!r} has no valid time, such as 14:30.") from None

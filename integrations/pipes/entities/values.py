"""Reads the values of records by their declared type: never a guess, never a float.

`"6"` is a whole number where one is declared. `true`, `"1,234.50"` and `12e3` are no numbers anywhere.
"""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, tzinfo
from decimal import Decimal
from typing import Any

from integrations.pipes.entities.types import Field, Kind, Read

_NUMBER = re.compile(r"-?[0-9]{1,12}(\.[0-9]{1,6})?", re.ASCII)
_NUMBERS = (str, int, Decimal)
MOST_WHOLE = 10**9
_WHOLE = re.compile(r"-?[0-9]{1,9}", re.ASCII)
COUNTRY = re.compile(r"[A-Z]{2}", re.ASCII)
_CONTROL = re.compile(r"[\x00-\x1f\x7f\ud800-\udfff\ufffe\uffff]")
_DAY = r"[0-9]{4}-[0-9]{2}-[0-9]{2}"
_MOMENT = re.compile(
    rf"{_DAY}([T ][0-9]{{2}}:[0-9]{{2}}(:[0-9]{{2}}(\.[0-9]{{1,6}})?)?(Z|[+-][0-9]{{2}}:[0-9]{{2}})?)?", re.ASCII
)
EARLIEST, LATEST = datetime(1900, 1, 1, tzinfo=UTC), datetime(2200, 1, 1, tzinfo=UTC)


def text(name: str, length: int, *aliases: str, required: bool = False, refers_to: str = "") -> Field:
    """A text of up to `length` characters. A whole number is taken as its digits, because ids are often numbers."""

    def read(value: Any, zone: tzinfo) -> str:
        # Almost every text: the checks below find nothing in it.
        if type(value) is str and len(value) <= length and value.isprintable():
            return value.strip()
        if isinstance(value, int) and not isinstance(value, bool):
            value = str(value)
        if not isinstance(value, str):
            raise ValueError("send a text")
        found: str = value.strip()
        if len(found) > length:
            raise ValueError(f"it has {len(found)} characters; send at most {length}")
        if _CONTROL.search(found):
            raise ValueError("it has a control character or half of a character; remove it")
        return found

    return _field(name, Kind.TEXT, read, aliases, required=required, refers_to=refers_to, length=length)


def choice(name: str, *values: str, required: bool = False) -> Field:
    """One of some words, in any case."""

    def read(value: Any, zone: tzinfo) -> str:
        if not isinstance(value, str) or value.strip().lower() not in values:
            raise ValueError(f"{str(value)[:40]!r} is not one of {', '.join(values)}")
        return value.strip().lower()

    return _field(name, Kind.TEXT, read, (), required=required, length=max(map(len, values)))


def number(name: str, *aliases: str, required: bool = False, least: str = "0", above: bool = False) -> Field:
    """An exact number with up to twelve digits before the point and six after it, at least `least`, or `above` it."""
    lowest = Decimal(least)

    def read(value: Any, zone: tzinfo) -> Decimal:
        digits = _digits(value)
        if not _NUMBER.fullmatch(digits):
            raise ValueError(f"{digits[:40]!r} is not a number; send digits with a point, such as 12.50")
        found = Decimal(digits)
        if found < lowest or (above and found == lowest):
            raise ValueError(f"{digits} is not {'above' if above else 'at least'} {least}")
        return found

    return _field(name, Kind.NUMBER, read, aliases, required=required)


def whole(name: str, *aliases: str, required: bool = False, least: int = 0) -> Field:
    """A whole number with up to nine digits, at least `least`."""

    def read(value: Any, zone: tzinfo) -> int:
        if type(value) is int and least <= value < MOST_WHOLE:
            return value
        digits = _digits(value)
        if not _WHOLE.fullmatch(digits):
            raise ValueError(f"{digits[:40]!r} is not a whole number; send digits alone, such as 12")
        if int(digits) < least:
            raise ValueError(f"{digits} is not at least {least}")
        return int(digits)

    return _field(name, Kind.NUMBER, read, aliases, required=required)


def moment(name: str, *aliases: str, required: bool = False, received: bool = False) -> Field:
    """A time as ISO 8601; a day is its first moment. Without a zone it is of the store's zone."""
    return _field(name, Kind.TIME, read_moment, aliases, required=required, is_received=received)


def day(name: str, *aliases: str, required: bool = False) -> Field:
    """A day as ISO 8601; of a time, its day as it is written."""

    def read(value: Any, zone: tzinfo) -> date:
        return read_moment(value, zone).date()

    return _field(name, Kind.TIME, read, aliases, required=required)


def items(name: str, *aliases: str, fields: tuple[Field, ...]) -> Field:
    """A list of objects with fields of their own, at least one; `integrations.pipes.entities.reading` reads them."""

    def read(value: Any, zone: tzinfo) -> list[Any]:
        if not isinstance(value, list) or not value:
            raise ValueError("send a list of at least one object")
        return value

    return _field(name, Kind.LIST, read, aliases, required=True, fields=fields)


def read_moment(value: Any, zone: tzinfo) -> datetime:
    """The time in a value; raises `ValueError`."""
    if not isinstance(value, str) or not _MOMENT.fullmatch(value):
        raise ValueError(f"{str(value)[:40]!r} is not a time; send one such as 2026-11-27T09:30:00Z")
    try:
        found = datetime.fromisoformat(value)
    except ValueError:
        raise ValueError(f"{value} is not a day or time that exists") from None
    found = found if found.tzinfo else found.replace(tzinfo=zone)
    # The year decides almost always, and costs less than two zones to compare.
    if not EARLIEST.year < found.year < LATEST.year - 1 and not EARLIEST <= found < LATEST:
        raise ValueError(f"{value} is not between 1900 and 2200")
    return found


def _digits(value: Any) -> str:
    """The digits of a number or a text; numbers of JSON are `int` or `Decimal` here, as they were written."""
    if type(value) not in _NUMBERS:
        raise ValueError(f"{str(value)[:40]!r} is not a number; send digits with a point, such as 12.50")
    return value.strip() if isinstance(value, str) else str(value)


def _field(name: str, kind: Kind, read: Read, aliases: tuple[str, ...], *, required: bool, **more: Any) -> Field:
    paths = tuple(tuple(path.split(".")) for path in (name, *aliases))
    return Field(name=name, kind=kind, read=read, paths=paths, is_required=required, **more)

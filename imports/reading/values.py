"""Parses the fields of a file as numbers and dates: strictly, and with bounds before any calculation."""

from __future__ import annotations

import re
from datetime import date, datetime, tzinfo
from decimal import Decimal
from functools import lru_cache

_DECIMAL = re.compile(r"-?\d{1,12}(\.\d{1,6})?", re.ASCII)


class BadValue(ValueError):
    """The text of a field cannot be read."""


def read_decimal(name: str, text: str) -> Decimal:
    """A plain number with up to twelve digits before and six after the point: no exponent, no separators, no NaN."""
    if not _DECIMAL.fullmatch(text):
        raise BadValue(f"{name}: {text[:40]!r} is not a number such as 12.50; at most six decimals.")
    return Decimal(text)


def read_time(name: str, text: str, zone: tzinfo) -> datetime:
    """An ISO 8601 date with or without time; what has no zone of its own is of `zone`."""
    moment = _parse_time(text)
    if moment is None:
        raise BadValue(f"{name}: {text[:40]!r} is not a date such as 2026-01-31 or 2026-01-31T12:30:00Z.")
    return moment if moment.tzinfo else moment.replace(tzinfo=zone)


def read_date(name: str, text: str) -> date:
    """An ISO 8601 date."""
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise BadValue(f"{name}: {text[:40]!r} is not a date such as 2026-01-31.") from None


@lru_cache(maxsize=1024)
def _parse_time(text: str) -> datetime | None:
    """Kept for the next lines: those of a document share their date, and reading it is expensive."""
    try:
        return datetime.fromisoformat(text)
    except ValueError:
        return None

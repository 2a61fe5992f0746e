"""The names of time zones that both Python and PostgreSQL accept. Imports no framework."""

from __future__ import annotations

from functools import cache
from zoneinfo import available_timezones

# Python lists the zone of the machine as well, which PostgreSQL rejects.
_ONLY_PYTHON = {"localtime"}


def is_timezone(name: str) -> bool:
    """Whether `name` is a time zone of the IANA database."""
    return name in _names()


@cache
def _names() -> frozenset[str]:
    return frozenset(available_timezones() - _ONLY_PYTHON)

"""Days and months of a time zone as ranges of instants. Imports no framework.

A day begins at its first instant, which is not midnight where the clock is put forward at midnight.
"""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo


def day_start(day: date, zone: ZoneInfo) -> datetime:
    """The first instant of `day` in `zone`, in UTC."""
    # With fold=0, a time that the clock skips is read with the offset of before it: the instant of the change.
    return datetime.combine(day, time.min, zone).astimezone(UTC)


def day_range(day: date, zone: ZoneInfo) -> tuple[datetime, datetime]:
    """The instants of `day` in `zone`: from the first up to, not including, the second."""
    return day_start(day, zone), day_start(day + timedelta(days=1), zone)


def month_range(day: date, zone: ZoneInfo) -> tuple[datetime, datetime]:
    """The same of the month that `day` is in."""
    first = day.replace(day=1)
    following = (first + timedelta(days=32)).replace(day=1)
    return day_start(first, zone), day_start(following, zone)

"""The clock of a replay within its window. Arithmetic only: times are the database's, with microseconds.

The clock of a replay is a function of the time since its start; a late, repeated or killed tick does not change what is
due.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from decimal import Decimal

MICROSECOND = timedelta(microseconds=1)


def clock_at(*, begins_at: datetime, ends_at: datetime, speed: Decimal, elapsed: timedelta) -> datetime:
    """The replay's time after `elapsed`: begins_at + elapsed x speed, within the window."""
    parts, whole = speed.as_integer_ratio()
    gone = parts * (max(elapsed, timedelta(0)) // MICROSECOND) // whole
    window = (ends_at - begins_at) // MICROSECOND
    return begins_at + min(gone, window) * MICROSECOND


def last_moment(ends_at: datetime) -> datetime:
    """The last moment inside a window whose end is exclusive."""
    return ends_at - MICROSECOND


def midway(begin: datetime, end: datetime) -> datetime:
    """The time halfway; `begin` itself when there is none between."""
    return begin + (end - begin) // MICROSECOND // 2 * MICROSECOND


def progress(*, begins_at: datetime, ends_at: datetime, clock: datetime) -> float:
    """The part of the window that is over, 0 to 1."""
    return (clock - begins_at) / (ends_at - begins_at)


def ranges(keys: Iterable[tuple[int, int]]) -> list[tuple[int, int, int]]:
    """Combine consecutive (source, ordinal) pairs to ranges (source, first ordinal, count), in the same order."""
    found: list[tuple[int, int, int]] = []
    for source, ordinal in keys:
        if found and found[-1][0] == source and sum(found[-1][1:]) == ordinal:
            found[-1] = (source, found[-1][1], found[-1][2] + 1)
        else:
            found.append((source, ordinal, 1))
    return found

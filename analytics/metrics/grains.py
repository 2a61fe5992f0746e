"""Buckets of days: weeks, months, quarters and years, their labels, and what lies between two days. Imports no framework."""

from __future__ import annotations

from datetime import date, timedelta

from analytics.metrics.registry import DAY, MONTH, QUARTER, WEEK, YEAR

WEEK_STARTS = {"mon": 0, "tue": 1, "wed": 2, "thu": 3, "fri": 4, "sat": 5, "sun": 6}
_MONTHS = {MONTH: 1, QUARTER: 3, YEAR: 12}


def begin_of(day: date, grain: str, week_start: str = "mon") -> date:
    """The first day of the bucket that `day` is in."""
    if grain == WEEK:
        return day - timedelta(days=(day.weekday() - WEEK_STARTS[week_start]) % 7)
    if grain in _MONTHS:
        months = _MONTHS[grain]
        return day.replace(month=(day.month - 1) // months * months + 1, day=1)
    return day


def next_begin(begin: date, grain: str) -> date:
    """The first day of the bucket behind the one that begins on `begin`."""
    if grain in _MONTHS:
        month = begin.month - 1 + _MONTHS[grain]
        return begin.replace(year=begin.year + month // 12, month=month % 12 + 1)
    return begin + timedelta(days=7 if grain == WEEK else 1)


def buckets(first: date, last: date, grain: str, week_start: str = "mon") -> list[date]:
    """The first days of all buckets that have a day from `first` to `last`."""
    if grain == DAY:
        return list(map(date.fromordinal, range(first.toordinal(), last.toordinal() + 1)))
    found, begin = [], begin_of(first, grain, week_start)
    while begin <= last:
        found.append(begin)
        begin = next_begin(begin, grain)
    return found


def label(begin: date, grain: str, week_start: str = "mon") -> str:
    """How a bucket is called: `2026-W53`, `2026-02`, `2026-Q1`, `2026`, else its first day."""
    if grain == DAY:
        return begin.isoformat()
    if grain == WEEK and week_start == "mon":
        year, week, _ = begin.isocalendar()
        return f"{year}-W{week:02}"
    if grain == QUARTER:
        return f"{begin.year}-Q{(begin.month + 2) // 3}"
    return {MONTH: f"{begin:%Y-%m}", YEAR: f"{begin:%Y}"}.get(grain, begin.isoformat())


def sql(column: str, grain: str, week_start: str = "mon") -> str:
    """The SQL of `begin_of` for a column of days."""
    if grain == DAY:
        return column
    if grain == WEEK:
        shift = -WEEK_STARTS[week_start] % 7
        return f"(date_trunc('week', {column} + {shift})::date - {shift})"
    return f"date_trunc('{grain}', {column})::date"

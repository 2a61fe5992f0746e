"""When the next row may be shown. Arithmetic only; times are the database's, rates per second.

Rows lie on a grid of one period (1 / rate). A row that comes late is made up for by at most one period, never closer
than `SMALLEST_GAP` periods behind the one before it, and then the grid is anchored anew: any T seconds hold at most
rate x T + 2 rows.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from decimal import Decimal

# The contract's 0.9, with room for the rounding of microseconds at a thousand rows a second.
SMALLEST_GAP = 0.92


def period(rate: Decimal) -> timedelta:
    """The time between two rows on the grid."""
    return timedelta(seconds=float(1 / rate))


def due_at(*, grid: datetime, shown_at: datetime | None, now: datetime, rate: Decimal) -> datetime:
    """The moment from which the next row may be shown, at most one period from `now`.

    `grid` is the stored due time, `shown_at` the moment of the row before. Both may lie in the future after a step of
    the clock, or far ahead after a rise of the rate: neither makes the feed sleep.
    """
    step = period(rate)
    due = min(grid, now + step)
    if shown_at is not None and shown_at <= now:
        due = max(due, shown_at + SMALLEST_GAP * step)
    return min(due, now + step)


def next_grid(*, grid: datetime, moment: datetime, rate: Decimal) -> datetime:
    """The grid's next point after a row at `moment`, which was due at `grid`."""
    step = period(rate)
    late = max(timedelta(0), min(moment - grid, step))
    return moment - late + step


def shown_rate(*, rows: int, first_at: datetime, now: datetime, rate: Decimal) -> float:
    """Rows a second that are really shown: `rows` after the one at `first_at`, at most the `rate` set.

    The next row is late only a period after the last one. What is within a tenth of the rate is the rate.
    """
    seconds = max((now - first_at).total_seconds() - period(rate).total_seconds(), rows * period(rate).total_seconds())
    measured = rows / seconds if seconds else float(rate)
    return float(rate) if measured >= 0.9 * float(rate) else measured

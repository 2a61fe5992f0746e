"""Computes when the next row may be shown. Arithmetic only; times are the database's, rates are per second.

Rows lie on a grid of one period (1 / rate). A late row is made up for by at most one period, but never closer than
`SMALLEST_GAP` periods behind the row before it; then the grid gets a new origin. Any T seconds hold at most rate x T +
2 rows.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from decimal import Decimal

# The contract's 0.9, with a margin for the rounding of microseconds at a thousand rows per second.
SMALLEST_GAP = 0.92


def period(rate: Decimal) -> timedelta:
    """The time between two rows on the grid."""
    return timedelta(seconds=float(1 / rate))


def due_at(*, grid: datetime, shown_at: datetime | None, now: datetime, rate: Decimal) -> datetime:
    """The time from which the next row may be shown, at most one period after `now`.

    `grid` is the stored due time, `shown_at` the time of the previous row. Both may lie in the future after the clock
    was set back, or far ahead after the rate was raised: neither may stop the feed.
    """
    step = period(rate)
    due = min(grid, now + step)
    if shown_at is not None and shown_at <= now:
        due = max(due, shown_at + SMALLEST_GAP * step)
    return min(due, now + step)


def next_grid(*, grid: datetime, moment: datetime, rate: Decimal) -> datetime:
    """The next point of the grid after a row at `moment` that was due at `grid`."""
    step = period(rate)
    late = max(timedelta(0), min(moment - grid, step))
    return moment - late + step


def shown_rate(*, rows: int, first_at: datetime, now: datetime, rate: Decimal) -> float:
    """The measured rate in rows per second: `rows` after the one at `first_at`, at most the `rate` set.

    The next row is late only one period after the last. A value within a tenth of the rate counts as the rate.
    """
    seconds = max((now - first_at).total_seconds() - period(rate).total_seconds(), rows * period(rate).total_seconds())
    measured = rows / seconds if seconds else float(rate)
    return float(rate) if measured >= 0.9 * float(rate) else measured

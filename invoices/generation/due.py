"""How many invoices a run owes by now. Arithmetic only: a tick never means one more, but up to here.

Rates are decimals, and products of theirs are taken in whole numbers: a Decimal product of over 28 digits is rounded,
and may then reach an invoice that is not due yet.
"""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

# How often a run is looked after.
TICK_SECONDS = 0.2
MICROSECOND = timedelta(microseconds=1)
MOST_PER_TICK = 5000
LEAST_CATCH_UP = 50


def target_count(rate_per_second: Decimal, duration_seconds: int) -> int:
    """The number of invoices that a run without a STOP issues: floor(rate x duration)."""
    parts, whole = rate_per_second.as_integer_ratio()
    return parts * duration_seconds // whole


def due_count(*, rate_per_second: Decimal, target: int, elapsed: timedelta) -> int:
    """How many are due after `elapsed`: floor(elapsed x rate), never below 0 nor above `target`."""
    parts, whole = rate_per_second.as_integer_ratio()
    due = parts * (elapsed // MICROSECOND) // (whole * 1_000_000)
    return max(0, min(target, due))


def tick_limit(rate_per_second: Decimal) -> int:
    """The most that one tick issues: one second's worth, so that catching up is quick and its transaction is short."""
    return max(LEAST_CATCH_UP, min(MOST_PER_TICK, int(rate_per_second)))

"""How many invoices a run owes by now. Arithmetic only, in Decimal: a tick never means one more, but up to here."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

MICROSECOND = timedelta(microseconds=1)
MOST_PER_TICK = 5000
LEAST_CATCH_UP = 50


def target_count(rate_per_second: Decimal, duration_seconds: int) -> int:
    """What a run issues that nobody stops: floor(rate x duration)."""
    return int(rate_per_second * duration_seconds)


def due_count(*, rate_per_second: Decimal, target: int, elapsed: timedelta) -> int:
    """How many are due after `elapsed`: floor(elapsed x rate), never below 0 nor above `target`."""
    microseconds = elapsed // MICROSECOND
    return max(0, min(target, int(rate_per_second * microseconds / 1_000_000)))


def tick_limit(rate_per_second: Decimal) -> int:
    """The most that one tick issues: one second's worth, so that catching up is quick and its transaction is short."""
    return max(LEAST_CATCH_UP, min(MOST_PER_TICK, int(rate_per_second)))

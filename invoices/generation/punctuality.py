"""How punctual the ticks of a run are: late when an invoice has waited too long for one, with those skipped meanwhile.

Counted from what a tick finds, so a worker that was away, a lost message and a broker that held it back all count.
"""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

from invoices.generation.due import TICK_SECONDS
from runtime import heartbeats

# An invoice waits up to a tick's time in any case, and no timer is exact.
GRACE_SECONDS = TICK_SECONDS / 2


def skipped_count(waited_seconds: float) -> int:
    """How many ticks should have come while an invoice waited; the one that comes then is late if any."""
    return max(0, int((waited_seconds - GRACE_SECONDS) / TICK_SECONDS))


class Punctuality:
    """Counts the ticks of this process. One that catches up after a stall is not late again for what came before it."""

    def __init__(self) -> None:
        self._run_id: int | None = None
        self._looked_at = timedelta(0)

    def take(self, *, run_id: int, elapsed: timedelta, issued: int, due: int, rate_per_second: Decimal) -> None:
        """A tick of the run found, `elapsed` after its start, that `due` invoices are due and `issued` are there."""
        heartbeats.count("ticks")
        if due > issued:
            oldest_due = timedelta(seconds=float((issued + 1) / rate_per_second))
            skipped = skipped_count((elapsed - max(oldest_due, self._last_look(run_id))).total_seconds())
            heartbeats.count("ticks_late", int(skipped > 0))
            heartbeats.count("ticks_skipped", skipped)
        self._run_id, self._looked_at = run_id, elapsed

    def _last_look(self, run_id: int) -> timedelta:
        return self._looked_at if run_id == self._run_id else timedelta(0)


PUNCTUALITY = Punctuality()

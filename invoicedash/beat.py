"""Beat that stays silent while nothing runs: five idle ticks a second would cost a tenth of a core."""

from __future__ import annotations

import logging
from typing import Any

from celery.beat import ScheduleEntry, SchedulingError
from celery.beat import Scheduler as InMemoryScheduler
from django.db import DatabaseError, close_old_connections

from invoices.generation import runs

logger = logging.getLogger(__name__)

SHORTEST_SLEEP_SECONDS = 0.02


class Scheduler(InMemoryScheduler):
    """Celery's in-memory scheduler (a shelve file can break), sending `invoices.tick` only while a run needs it."""

    def tick(self, *args: Any, **kwargs: Any) -> float:
        """Send what is due; returns how long to sleep. Celery's own answer shrinks towards zero and would spin."""
        seconds = super().tick(*args, **kwargs)
        return max(SHORTEST_SLEEP_SECONDS, seconds) if seconds else 0.0

    def apply_entry(self, entry: ScheduleEntry, producer: Any = None) -> None:
        """Send one due task; a broker that does not answer costs this nudge and nothing else."""
        if entry.task == "invoices.tick" and not _is_tick_needed():
            return
        try:
            self.apply_async(entry, producer=producer, advance=False)
        except SchedulingError as error:
            logger.warning("The broker takes no message: %s", error)


def _is_tick_needed() -> bool:
    close_old_connections()
    try:
        return runs.is_any_active()
    except DatabaseError as error:
        logger.warning("PostgreSQL does not answer, no tick is sent: %s", error)
        return False

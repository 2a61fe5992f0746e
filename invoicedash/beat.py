"""Beat that stays silent while nothing runs: five idle ticks a second would cost a tenth of a core.

A job is nudged for from here alone: whoever wants one writes a row and waits for no broker.
"""

from __future__ import annotations

import copy
import logging
from typing import Any

from celery.beat import ScheduleEntry, SchedulingError
from celery.beat import Scheduler as InMemoryScheduler
from django.db import DatabaseError, connection

from invoices.generation import runs
from jobs import claims
from replays import operations as replays
from runtime.loops import watch

logger = logging.getLogger(__name__)

SHORTEST_SLEEP_SECONDS = 0.02
# A question may wait for a PostgreSQL that was stopped and goes on later, and each message for a silent broker.
WITHIN_SECONDS = 60.0


class Scheduler(InMemoryScheduler):
    """Celery's in-memory scheduler (a shelve file can break), which asks PostgreSQL first whether a nudge is of use."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._loop = watch("schedule", within_seconds=WITHIN_SECONDS)

    def tick(self, *args: Any, **kwargs: Any) -> float:
        """Send what is due; returns how long to sleep. Celery's own answer shrinks towards zero and would spin."""
        self._loop.progress()
        seconds = super().tick(*args, **kwargs)
        return max(SHORTEST_SLEEP_SECONDS, seconds) if seconds else 0.0

    def apply_entry(self, entry: ScheduleEntry, producer: Any = None) -> None:
        """Send one due task; a broker that does not answer costs this nudge and nothing else."""
        try:
            for arguments in _needed(entry.task):
                self.apply_async(_with(entry, arguments), producer=producer, advance=False)
        except SchedulingError as error:
            logger.warning("The broker takes no message: %s", error)


def _needed(task: str) -> list[list[str]]:
    """The arguments of each message that `task` needs now; none while PostgreSQL has nothing for it."""
    try:
        if task == "invoices.tick":
            return [[]] if runs.is_any_active() else []
        if task == "replays.tick":
            return [[]] if replays.is_any_active() else []
        if task == "jobs.work":
            return [[lane] for lane in claims.waiting_lanes()]
    except DatabaseError as error:
        logger.warning("PostgreSQL does not answer, %s is not sent: %s", task, error)
        # The next question opens another one. To ask whether it works before each would double the questions of idle hours.
        connection.close()
        return []
    return [[]]


def _with(entry: ScheduleEntry, arguments: list[str]) -> ScheduleEntry:
    """The same entry, due at the same moment, with those arguments."""
    changed = copy.copy(entry)
    changed.args = arguments
    return changed

"""The `beat` process: Celery beat without Django, which stays silent while PostgreSQL has nothing to do for anybody.

Five idle ticks a second would cost a tenth of a core. A job is nudged for from here alone: whoever wants one writes a
row and waits for no broker.
"""

from __future__ import annotations

import copy
import logging
import sys
from functools import partial
from typing import Any

from celery import Celery
from celery.beat import ScheduleEntry, SchedulingError
from celery.beat import Scheduler as InMemoryScheduler

from invoicedash import schedule
from invoicedash.questions import Questions
from invoices.generation.due import TICK_SECONDS
from runtime import bare_celery, bare_heartbeats, broker
from runtime.environment import BadSetting
from runtime.loops import watch

logger = logging.getLogger(__name__)

NAME = "beat"
SHORTEST_SLEEP_SECONDS = 0.02
# Celery wakes so much before an entry is due, and then a second time.
EARLY_SECONDS = 0.01
# A question may wait for a PostgreSQL that was stopped and goes on later, and each message for a silent broker.
WITHIN_SECONDS = 60.0


class Scheduler(InMemoryScheduler):
    """Celery's in-memory scheduler (a shelve file can break), which asks PostgreSQL first whether a message is of use."""

    def __init__(self, questions: Questions, *args: Any, **kwargs: Any) -> None:
        self._questions = questions
        super().__init__(*args, **kwargs)
        self._loop = watch("schedule", within_seconds=WITHIN_SECONDS)

    def tick(self, *args: Any, **kwargs: Any) -> float:
        """Send what is due; returns how long to sleep. Celery's own answer shrinks towards zero and would spin."""
        self._loop.progress()
        seconds = super().tick(*args, **kwargs)
        return max(SHORTEST_SLEEP_SECONDS, seconds + EARLY_SECONDS) if seconds else 0.0

    def schedules_equal(self, *_: object) -> bool:
        """The schedule never changes: comparing its entries was a third of a tick."""
        return True

    def apply_entry(self, entry: ScheduleEntry, producer: Any = None) -> None:
        """Send one due task; a broker that does not answer costs this nudge and nothing else."""
        try:
            for arguments in self._questions.arguments_for(entry.task):
                self.apply_async(_with(entry, arguments), producer=producer, advance=False)
        except SchedulingError as error:
            logger.warning("The broker takes no message: %s", error)


def _with(entry: ScheduleEntry, arguments: list[str]) -> ScheduleEntry:
    """The same entry, due at the same moment, with those arguments."""
    changed = copy.copy(entry)
    changed.args = arguments
    return changed


def main() -> str | None:
    """Be beat until a signal ends it; returns what was wrong."""
    try:
        env = bare_celery.read_environment()
    except BadSetting as error:
        return str(error)
    bare_celery.log_to_console(env)
    # Celery's own fix-up for Django would load it here.
    app = Celery("invoicedash", fixups=(), set_as_current=True)
    app.conf.update(
        bare_celery.settings(env),
        task_publish_retry=False,
        task_default_queue=broker.QUEUES[0],
        beat_max_loop_interval=TICK_SECONDS,
        beat_schedule=schedule.ENTRIES,
    )
    questions = Questions(str(env.database_url), schedule.NEEDED)
    bare_heartbeats.start(NAME, str(env.database_url), cost=lambda: (questions.count, questions.seconds))
    app.Beat(scheduler=partial(Scheduler, questions), loglevel="INFO", quiet=True).run()
    return None


if __name__ == "__main__":
    sys.exit(main())

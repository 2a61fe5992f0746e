"""The `beat` process: Celery beat without Django, which sends a message only when PostgreSQL has work for it.

Five idle ticks a second would take a tenth of a core. Only this process sends messages for jobs: a caller that wants a
job writes a row and does not wait for the broker.
"""

from __future__ import annotations

import copy
import logging
import sys
from functools import partial
from typing import Any

# Before Celery, which it imports without what is not needed.
from runtime import bare_celery, bare_heartbeats, broker  # isort: split

from celery import Celery
from celery.beat import ScheduleEntry, SchedulingError
from celery.beat import Scheduler as InMemoryScheduler

from invoicedash import schedule
from invoicedash.questions import Questions
from invoices.generation.due import TICK_SECONDS
from runtime.environment import BadSetting
from runtime.loops import watch

logger = logging.getLogger(__name__)

NAME = "beat"
SHORTEST_SLEEP_SECONDS = 0.02
# Celery wakes this long before an entry is due, and then a second time.
EARLY_SECONDS = 0.01
# A query may wait for a PostgreSQL that was suspended and resumes later, and each message for an unresponsive broker.
WITHIN_SECONDS = 60.0


class Scheduler(InMemoryScheduler):
    """Celery's in-memory scheduler (a shelve file can break), which first asks PostgreSQL whether a message is needed."""

    def __init__(self, questions: Questions, *args: Any, **kwargs: Any) -> None:
        self._questions = questions
        super().__init__(*args, **kwargs)
        self._loop = watch("schedule", within_seconds=WITHIN_SECONDS)

    def tick(self, *args: Any, **kwargs: Any) -> float:
        """Send the messages that are due; returns how long to sleep. Celery's own result approaches zero, which would
        cause a busy loop.
        """
        self._loop.progress()
        seconds = super().tick(*args, **kwargs)
        return max(SHORTEST_SLEEP_SECONDS, seconds + EARLY_SECONDS) if seconds else 0.0

    def schedules_equal(self, *_: object) -> bool:
        """Skip the comparison of entries, a third of the cost of a tick: the schedule never changes."""
        return True

    def apply_entry(self, entry: ScheduleEntry, producer: Any = None) -> None:
        """Send one due task; a broker that does not answer loses this message only."""
        try:
            for arguments in self._questions.arguments_for(entry.task):
                self.apply_async(_with(entry, arguments), producer=producer, advance=False)
        except SchedulingError as error:
            logger.warning("The broker accepts no message: %s", error)


def _with(entry: ScheduleEntry, arguments: list[str]) -> ScheduleEntry:
    """The same entry, due at the same time, with those arguments."""
    changed = copy.copy(entry)
    changed.args = arguments
    return changed


def main() -> str | None:
    """Run beat until a signal ends it; returns a sentence that says what was wrong."""
    try:
        env = bare_celery.read_environment()
    except BadSetting as error:
        return str(error)
    bare_celery.log_to_console(env)
    # Celery's own fix-up for Django would load Django here.
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

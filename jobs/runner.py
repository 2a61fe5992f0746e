"""Runs the jobs of a queue until none waits, in a process of its own, which then ends.

However a job ends, its row records it; when this process ends first, another process claims the row.
"""

from __future__ import annotations

import contextlib
import logging
import signal
from typing import Any, NoReturn

from django.db import DatabaseError, InterfaceError, OperationalError, connection

from jobs import claims, registry
from jobs.heartbeat import beating
from jobs.turns import Turn, Turns, run_slice
from jobs.work import JobFailed

logger = logging.getLogger(__name__)


class Stopped(KeyboardInterrupt):
    """This process was asked to end. psycopg cancels a query under way for this kind of exception."""


def run_queue(queue: str, *, beat_to: int | None = None) -> int:
    """Run the jobs of `queue`, a slice of each in turn; returns how many jobs ended.

    `beat_to` is an open file that gets a byte every second, for the parent process. Raises `Stopped` when asked to end,
    and errors that do not concern a job, such as a lost database.
    """
    turns = Turns(queue)
    ended_count = 0
    with beating(turns, beat_to):
        try:
            while (turn := turns.next()) is not None:
                if _run(turn):
                    turns.put_back(turn)
                else:
                    turns.end(turn)
                    ended_count += 1
        except BaseException as error:
            _give_back(turns, error)
            raise
    return ended_count


def _run(turn: Turn) -> bool:
    """Run a slice of a job; returns whether the job continues. Raises only errors that do not concern the job."""
    job = turn.job
    if job.stalled_count > claims.MOST_STALLED:
        claims.fail(job, f"The job was started {claims.MOST_STALLED} times and ended each time without progress.")
        return False
    try:
        return run_slice(turn)
    except (JobFailed, registry.UnknownKind) as error:
        claims.fail(job, str(error))
    except claims.LostJob as error:
        logger.warning("%s", error)
    except (OperationalError, InterfaceError):
        raise
    except Exception as error:
        logger.exception("Job %s (%s) failed", job.pk, job.kind)
        claims.fail(
            job, f"The job failed because of an error in the product ({type(error).__name__}); see the log of `jobs`."
        )
    return False


def _give_back(turns: Turns, error: BaseException) -> None:
    """Return the jobs to the queue. The job that broke the connection counts as started, so that its retries are
    limited.
    """
    culprit = turns.active if isinstance(error, DatabaseError) else None
    held = turns.close()
    # A signal may have interrupted a query, whose connection is then unusable.
    connection.close()
    with contextlib.suppress(DatabaseError):
        for turn in held:
            if turn is not culprit:
                claims.give_back(turn.job)


def stop_on_signals() -> None:
    """Make SIGTERM and SIGINT raise `Stopped` in the main thread."""
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, _stop)


def _stop(*_: Any) -> NoReturn:
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, signal.SIG_IGN)
    raise Stopped

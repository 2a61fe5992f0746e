"""Does the jobs of a lane until none waits. Runs in a process of its own, which then ends.

However a job ends, its row says so; when this process ends first, the row is taken up again.
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
    """This process was asked to end. Of this kind psycopg knows that a query under way is to be cancelled."""


def run_queue(lane: str, *, beat_to: int | None = None) -> int:
    """Do what waits in `lane`, a slice of each job in turn; returns how many jobs were ended.

    `beat_to` is an open file that gets a byte every second, for whoever started this process. Raises `Stopped` when asked
    to end, and what says nothing about a job: a lost database.
    """
    turns = Turns(lane)
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
    """A slice of a job; whether more is to be done. Raises only what says nothing about the job."""
    job = turn.job
    if job.stalled_count > claims.MOST_STALLED:
        claims.fail(job, f"It was begun {claims.MOST_STALLED} times and ended each time without getting further.")
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
        claims.fail(job, f"It failed by a fault of the product ({type(error).__name__}); the log of `jobs` says where.")
    return False


def _give_back(turns: Turns, error: BaseException) -> None:
    """Put the jobs back into the queue. The one that broke the connection counts as begun, so that it ends some day."""
    culprit = turns.active if isinstance(error, DatabaseError) else None
    held = turns.close()
    # A signal may have come in the middle of a query, whose connection can then do nothing more.
    connection.close()
    with contextlib.suppress(DatabaseError):
        for turn in held:
            if turn is not culprit:
                claims.give_back(turn.job)


def stop_on_signals() -> None:
    """Have SIGTERM and SIGINT raise `Stopped` in what is being done."""
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, _stop)


def _stop(*_: Any) -> NoReturn:
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, signal.SIG_IGN)
    raise Stopped

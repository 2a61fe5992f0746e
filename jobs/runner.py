"""Does the jobs of a lane, one after the other, until none waits. Runs in a process of its own, which then ends.

However a job ends, its row says so; when this process ends first, the row is taken up again.
"""

from __future__ import annotations

import logging
import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, NoReturn

from django.db import DatabaseError, InterfaceError, OperationalError, connection

from jobs import claims, registry
from jobs.models import Job
from jobs.work import JobFailed, Work

logger = logging.getLogger(__name__)


class Stopped(KeyboardInterrupt):
    """This process was asked to end. Of this kind psycopg knows that a query under way is to be cancelled."""


def run_lane(lane: str) -> int:
    """Do what waits in `lane`; returns how many jobs were ended. Raises `Stopped` when asked to end."""
    count = 0
    while (job := claims.take(lane)) is not None:
        run(job)
        count += 1
    return count


def run(job: Job) -> None:
    """Do a job that was taken up; raises only what says nothing about it: a lost database, `Stopped`."""
    if job.stalled_count > claims.MOST_STALLED:
        claims.fail(job, f"It was begun {claims.MOST_STALLED} times and ended each time without getting further.")
        return
    work = Work(job)
    try:
        with _heartbeat(job):
            report = registry.doing(job.kind)(work)
        claims.finish(job, report=report, result=work.result)
    except (JobFailed, registry.UnknownKind) as error:
        claims.fail(job, str(error))
    except claims.LostJob as error:
        logger.warning("%s", error)
    except Stopped:
        # It may have come in the middle of a query, whose connection can then ask nothing more.
        connection.close()
        claims.give_back(job)
        raise
    except (OperationalError, InterfaceError):
        raise
    except Exception as error:
        logger.exception("Job %s (%s) failed", job.pk, job.kind)
        claims.fail(job, f"It failed by a fault of the product ({type(error).__name__}); the log of `jobs` says where.")


def stop_on_signals() -> None:
    """Have SIGTERM and SIGINT raise `Stopped` in what is being done."""
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, _stop)


def _stop(*_: Any) -> NoReturn:
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, signal.SIG_IGN)
    raise Stopped


@contextmanager
def _heartbeat(job: Job) -> Iterator[None]:
    """Say every second, on a connection of its own, that the job is being worked on."""
    ended = threading.Event()
    thread = threading.Thread(target=_beat, args=[job, ended], daemon=True)
    thread.start()
    try:
        yield
    finally:
        ended.set()
        thread.join()


def _beat(job: Job, ended: threading.Event) -> None:
    try:
        while not ended.wait(claims.BEAT_SECONDS):
            try:
                claims.keep(job)
            except DatabaseError:
                connection.close()
    finally:
        connection.close()

"""The Celery tasks of `invoices`. Each may run twice, late or never."""

from __future__ import annotations

import time

from celery import shared_task
from django.db import DatabaseError

from invoices.generation import producer, reset
from invoices.search import upkeep
from runtime import database, redis
from runtime.loops import Loop, end_process, watch
from web import idempotency

SWEEP_SECONDS = 1.0
# Twelve sweeps: a broker that restarts costs fewer.
SWEPT_WITHIN_SECONDS = 60.0
_loop: Loop | None = None


def watch_sweeps() -> None:
    """Have the end of the sweeps noticed, in a worker: a worker that lost its broker for good looks as if it were idle."""
    global _loop
    _loop = watch("sweeps", within_seconds=SWEPT_WITHIN_SECONDS, restart=_end_unless_the_broker_is_away)


def _end_unless_the_broker_is_away() -> None:
    if redis.is_up():
        end_process("sweeps")


@shared_task(name="invoices.tick", ignore_result=True)
def tick() -> None:
    """Bring the active run up to what is due."""
    try:
        producer.tick()
    except DatabaseError as error:
        # COPY goes past the meter of queries, which notes the others.
        database.note_error(error)
        raise


@shared_task(name="invoices.sweep", ignore_result=True)
def sweep() -> None:
    """Find work whose message was lost: an unfinished stop, a run without ticks, the rows of purged series,
    invoices that search has not covered yet, idempotency keys that are kept no longer."""
    if _loop is not None:
        _loop.progress()
    tick()
    upkeep.start()
    idempotency.forget_expired()
    started = time.monotonic()
    while time.monotonic() - started < SWEEP_SECONDS and reset.delete_purged():
        pass

"""The heartbeat of the jobs that this process works on, and the end of steps that do not end by themselves.

A cancelled or lost job ends at its next step. A step in the native code of a library cannot be interrupted: then this
process ends, its other jobs return to the queue, and the next process claims them.
"""

from __future__ import annotations

import logging
import os
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress

from django.db import DatabaseError, connection

from jobs import claims
from jobs.turns import Turn, Turns

logger = logging.getLogger(__name__)

# How long a step may continue after its job was found to be cancelled.
LOST_STEP_SECONDS = 3.0
# No step takes longer than this, even on a slow and busy machine.
LONGEST_STEP_SECONDS = 1800.0
EXIT_CODE = 1


@contextmanager
def beating(turns: Turns, beat_to: int | None = None) -> Iterator[None]:
    """Write every second, on a separate connection, the heartbeats of the jobs of `turns`.

    `beat_to`, an open file, gets a byte each time.
    """
    ended = threading.Event()
    thread = threading.Thread(target=_beat, args=[turns, ended, beat_to], daemon=True)
    thread.start()
    try:
        yield
    finally:
        ended.set()
        thread.join()


def _beat(turns: Turns, ended: threading.Event, beat_to: int | None) -> None:
    try:
        while not ended.wait(claims.BEAT_SECONDS):
            if beat_to is not None:
                # The process that started this one may have been killed; the work continues.
                with suppress(OSError):
                    os.write(beat_to, b".")
            try:
                for turn in turns.all():
                    _look(turns, turn)
            except DatabaseError:
                connection.close()
    finally:
        connection.close()


def _look(turns: Turns, turn: Turn) -> None:
    now = time.monotonic()
    if not claims.renew(turn.job) and turn.lost_at is None:
        turn.lost_at = now
    if turn is not turns.active:
        return
    if turn.lost_at is not None and now - turn.lost_at > LOST_STEP_SECONDS:
        _end_process(turns, turn, "it was cancelled or taken over")
    elif now - turn.step_began > LONGEST_STEP_SECONDS:
        claims.fail(turn.job, f"The job was ended: one step took more than {LONGEST_STEP_SECONDS / 60:.0f} minutes.")
        _end_process(turns, turn, "its step takes too long")


def _end_process(turns: Turns, stuck: Turn, reason: str) -> None:
    logger.warning("This process ends in the middle of job %s: %s", stuck.job.pk, reason)
    for turn in turns.all():
        if turn is not stuck:
            claims.give_back(turn.job)
    # An exception would be raised only at the end of the step.
    os._exit(EXIT_CODE)

"""The Celery tasks of replays. Each may run twice, late or never."""

from __future__ import annotations

import time

from celery import shared_task

from replays import operations, player
from streaming import feed as feeds

SWEEP_SECONDS = 0.5


@shared_task(name="replays.tick", ignore_result=True)
def tick() -> None:
    """Announce what the running replays owe by their clocks."""
    player.tick()


@shared_task(name="replays.sweep", ignore_result=True)
def sweep() -> None:
    """Advance replays that got no message, remove old replays, delete the rows of closed feeds."""
    player.tick()
    operations.remove_old()
    started = time.monotonic()
    while time.monotonic() - started < SWEEP_SECONDS and feeds.delete_closed():
        pass

"""Celery's doors. Each may run twice, late or never."""

from __future__ import annotations

import time

from celery import shared_task

from replays import operations, player
from streaming import feed as feeds

SWEEP_SECONDS = 0.5


@shared_task(name="replays.tick", ignore_result=True)
def tick() -> None:
    """Bring the running replays up to their own clocks."""
    player.tick()


@shared_task(name="replays.sweep", ignore_result=True)
def sweep() -> None:
    """Find what nobody was nudged for, remove old replays, delete the rows of closed feeds."""
    player.tick()
    operations.remove_old()
    started = time.monotonic()
    while time.monotonic() - started < SWEEP_SECONDS and feeds.delete_closed():
        pass

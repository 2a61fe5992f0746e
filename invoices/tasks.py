"""Celery's doors. Each may run twice, late or never."""

from __future__ import annotations

import time

from celery import shared_task

from invoices.documents import idempotency
from invoices.generation import producer, reset
from invoices.search import upkeep

SWEEP_SECONDS = 1.0


@shared_task(name="invoices.tick", ignore_result=True)
def tick() -> None:
    """Bring the active run up to what is due."""
    producer.tick()


@shared_task(name="invoices.sweep", ignore_result=True)
def sweep() -> None:
    """Find what nobody was nudged for: an unfinished stop, a run without ticks, the rows of purged series,
    invoices that search has not covered yet, idempotency keys that are kept no longer."""
    producer.tick()
    upkeep.start()
    idempotency.forget_expired()
    started = time.monotonic()
    while time.monotonic() - started < SWEEP_SECONDS and reset.delete_purged():
        pass

"""The loops of the event log, run by the process `loops`: one for each consumer, and one that deletes old events."""

from __future__ import annotations

from functools import partial

from events.consuming import consume
from events.log import WAKE_NAME
from events.registry import Consumer, registered
from events.retention import delete_old_events
from runtime.background_loops import LoopSpec
from runtime.connection import close_connection

# Without a notification, an event waits this long.
POLL_SECONDS = 1.0
QUIET_SECONDS = 0.05
WITHIN_SECONDS = 60.0

RETENTION_LOOP = LoopSpec(
    name="events-retention", turn=delete_old_events, every_seconds=60.0, within_seconds=2 * WITHIN_SECONDS,
    after_error=close_connection, before_pause=close_connection,
)  # fmt: skip


def consumer_loops() -> list[LoopSpec]:
    """A loop for each registered consumer."""
    return [_loop(consumer) for consumer in registered()]


def _loop(consumer: Consumer) -> LoopSpec:
    return LoopSpec(
        name=consumer.name, turn=partial(consume, consumer), every_seconds=POLL_SECONDS, within_seconds=WITHIN_SECONDS,
        woken_by=WAKE_NAME, quiet_seconds=QUIET_SECONDS, after_error=close_connection,
    )  # fmt: skip

"""One turn of the loop that takes batches: the pipe that waited longest gets up to a second, its oldest batch first.

A kill at any moment loses nothing: the batch is at its last committed position, and its lines are there.
"""

from __future__ import annotations

import logging
import time

from django.db import connection

from integrations.pipes.entities import entity_of
from integrations.pipes.models import Batch, Pipe, State
from integrations.pipes.outcomes import Context
from integrations.pipes.sealing import open_lines
from integrations.pipes.taking import CHUNKS, PositionMoved, take_chunk
from quality.resolving import replay_due
from runtime.clock import ClockTimestamp
from stores.encryption import Undecipherable
from stores.queries import read_store_by_id
from stores.rows import rows_of_all_stores

logger = logging.getLogger(__name__)

WAKE_NAME = "ingest"
# Of one pipe, before another one has its turn.
TURN_SECONDS = 1.0
_NEXT = """
SELECT b.id FROM pipes_pipe p JOIN stores_store s ON s.id = p.store_id AND s.status NOT IN ('paused', 'erased')
CROSS JOIN LATERAL (
    SELECT id FROM pipes_batch WHERE pipe_id = p.id AND state IN ('pending', 'processing') ORDER BY id LIMIT 1
) b ORDER BY p.turn_at, p.id LIMIT 1
"""


def take_next() -> bool:
    """Take some records of the batch whose turn it is, or what waited for others; returns whether there may be more."""
    # First, because under a lasting load there is always a next batch.
    has_more_due = replay_due()
    batch = _next()
    if batch is None:
        return has_more_due
    rows_of_all_stores(Pipe).filter(pk=batch.pipe_id).update(turn_at=ClockTimestamp())
    try:
        take_some(batch)
    except Undecipherable as error:
        logger.error("Batch %s cannot be opened: %s", batch.pk, error)
        rows_of_all_stores(Batch).filter(pk=batch.pk).update(
            state=State.FAILED, error=str(error)[:300], ended_at=ClockTimestamp()
        )
    except PositionMoved:
        return False
    return True


def take_some(batch: Batch) -> None:
    """Take chunks of the batch for the length of a turn, at least one; raises `Undecipherable` and `PositionMoved`."""
    context = Context(
        store=read_store_by_id(batch.store_id), pipe=batch.pipe, batch_id=batch.pk, received_at=batch.created_at
    )
    lines = open_lines(batch)
    size, until = CHUNKS[entity_of(batch.data_type).mode], time.monotonic() + TURN_SECONDS
    while batch.position < batch.received:
        take_chunk(context, batch, lines[batch.position : batch.position + size])
        if time.monotonic() >= until:
            break


def _next() -> Batch | None:
    with connection.cursor() as cursor:
        cursor.execute(_NEXT)
        row = cursor.fetchone()
    return None if row is None else rows_of_all_stores(Batch).select_related("pipe").get(pk=row[0])

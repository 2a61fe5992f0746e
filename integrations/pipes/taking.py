"""Takes a chunk of the records of a batch: rows, what is held, and the position, in one transaction.

The position is the fence: a chunk that was taken already, or that another process takes, is not taken again. A record
that cannot be stored, for whatever reason, is held alone, and the position moves on.
"""

from __future__ import annotations

import json
import logging
import time
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db import InterfaceError, InternalError, OperationalError, connection, transaction

from integrations.pipes.entities import entity_of
from integrations.pipes.entities.reading import UNREADABLE, Fault, Record, read_record
from integrations.pipes.entities.types import Entity, Mode
from integrations.pipes.models import Batch, Pipe
from integrations.pipes.outcomes import Context, Outcomes
from integrations.pipes.rows import take_rows
from integrations.pipes.transactions.taking import take_transactions
from quality import holding
from quality.holding import Broken, Origin
from stores.rows import rows_of

logger = logging.getLogger(__name__)
Counts = dict[str, int]

CHUNKS = {Mode.DOCUMENT: 200, Mode.MUTABLE: 1000, Mode.APPEND: 1000}
# The database is away or was: the whole turn fails, and is made again.
OUTAGES = (OperationalError, InterfaceError, InternalError)
# Kept with what came, and refused: what cannot be read at all is no record.
REJECTED = (UNREADABLE,)
_MOVE = """
UPDATE pipes_batch SET position = position + %(count)s, accepted = accepted + %(accepted)s,
    duplicates = duplicates + %(duplicates)s, held = %(held)s::jsonb, rejected = %(rejected)s::jsonb,
    state = CASE WHEN position + %(count)s = received THEN 'done' ELSE 'processing' END,
    seconds = seconds + %(seconds)s,
    ended_at = CASE WHEN position + %(count)s = received THEN clock_timestamp() END
WHERE id = %(id)s AND position = %(position)s
"""


class PositionMoved(RuntimeError):
    """Another process has taken the chunk, or takes records of the pipe now."""


@dataclass(slots=True)
class _Chunk:
    """Records of a batch from a position on, with what becomes of them. `began` is when its work began."""

    start: int
    lines: Sequence[str]
    records: dict[int, Record]
    began: float
    outcomes: Outcomes = field(default_factory=Outcomes)

    @property
    def right(self) -> dict[int, Record]:
        """The records without faults."""
        return {line: record for line, record in self.records.items() if line not in self.outcomes.faults}


def take_chunk(context: Context, batch: Batch, lines: Sequence[str]) -> None:
    """Take `lines`, which begin at the position of the batch, and move it; raises `PositionMoved`, and `OUTAGES`."""
    entity = entity_of(batch.data_type)
    try:
        chunk = _read(context, entity, batch, lines)
        with transaction.atomic():
            lock_pipe(context.pipe)
            _take_right(context, entity, chunk)
            held, rejected = _keep(context, entity, batch, chunk)
    except (PositionMoved, *OUTAGES):
        raise
    except Exception as error:
        if len(lines) == 1:
            logger.exception("A record of %s could not be taken", context.pipe)
            _hold_alone(context, entity, batch, lines, error)
            return
        middle = len(lines) // 2
        take_chunk(context, batch, lines[:middle])
        take_chunk(context, batch, lines[middle:])
    else:
        batch.position, batch.held, batch.rejected = batch.position + len(lines), held, rejected


def lock_pipe(pipe: Pipe, *, waits: bool = False) -> None:
    """Lock the row of the pipe until the end of the transaction; raises `PositionMoved` where it is locked, or `waits`."""
    rows = rows_of(Pipe, pipe.store_id).select_for_update(no_key=True, skip_locked=not waits)
    found = rows.filter(pk=pipe.pk).values_list("prefix", flat=True).first()
    if found is None:
        raise PositionMoved(f"Another process takes records of {pipe}.")
    pipe.prefix = found


def _read(context: Context, entity: Entity, batch: Batch, lines: Sequence[str]) -> _Chunk:
    began = time.monotonic()
    read = {
        batch.position + index: read_record(entity, line, zone=context.zone, received_at=context.received_at)
        for index, line in enumerate(lines)
    }
    chunk = _Chunk(start=batch.position, lines=lines, records=read, began=began)
    chunk.outcomes.faults = {line: record.faults[0] for line, record in read.items() if record.faults}
    return chunk


def _take_right(context: Context, entity: Entity, chunk: _Chunk) -> None:
    """Take the records that are right."""
    if not (right := chunk.right):
        return
    if entity.mode == Mode.DOCUMENT:
        take_transactions(context, right, chunk.outcomes)
    else:
        take_rows(context, entity, right, chunk.outcomes)


def _hold_alone(context: Context, entity: Entity, batch: Batch, lines: Sequence[str], error: Exception) -> None:
    chunk = _read(context, entity, batch, lines)
    message = f"It could not be stored: {type(error).__name__}."
    chunk.outcomes.faults[batch.position] = Fault(rule="failed", message=message)
    with transaction.atomic():
        lock_pipe(context.pipe)
        held, rejected = _keep(context, entity, batch, chunk)
    batch.position, batch.held, batch.rejected = batch.position + 1, held, rejected


def _keep(context: Context, entity: Entity, batch: Batch, chunk: _Chunk) -> tuple[Counts, Counts]:
    """Keep what is held, close what it replaces, and move the position; returns the counts by rule of the batch."""
    origin, outcomes = origin_of(context, entity.data_type), chunk.outcomes
    broken = [_broken(entity, chunk, line, fault) for line, fault in sorted(outcomes.faults.items())]
    new = holding.keep(origin, broken)
    outcomes.duplicates |= set(outcomes.faults) - new
    if taken := {record.name for record in chunk.right.values()}:
        holding.replace_older(origin, taken)
    kept = [each for each in broken if each.line in new]
    held = _added(batch.held, (each.rule for each in kept if not each.is_rejected))
    rejected = _added(batch.rejected, (each.rule for each in kept if each.is_rejected))
    _move(batch, chunk, held, rejected)
    return held, rejected


def _move(batch: Batch, chunk: _Chunk, held: Counts, rejected: Counts) -> None:
    given: dict[str, Any] = {
        "id": batch.pk, "position": chunk.start, "count": len(chunk.lines), "accepted": len(chunk.outcomes.accepted),
        "duplicates": len(chunk.outcomes.duplicates), "held": json.dumps(held), "rejected": json.dumps(rejected),
        "seconds": time.monotonic() - chunk.began,
    }  # fmt: skip
    with connection.cursor() as cursor:
        cursor.execute(_MOVE, given)
        if not cursor.rowcount:
            raise PositionMoved(f"Batch {batch.pk} is no longer at {chunk.start}.")


def _added(counts: Mapping[str, int], rules: Iterable[str]) -> Counts:
    return dict(Counter(counts) + Counter(rules))


def origin_of(context: Context, data_type: str) -> Origin:
    """Where the records of a batch came from, for what is held of them."""
    return Origin(
        store_id=context.store.id, source_id=context.pipe.pk, source=context.pipe.name, data_type=data_type,
        batch_id=context.batch_id, received_on=context.received_at.astimezone(context.zone).date(),
    )  # fmt: skip


def _broken(entity: Entity, chunk: _Chunk, line: int, fault: Fault) -> Broken:
    record = chunk.records[line]
    amount, currency = (record.values.get(name) for name in entity.money or ("", ""))
    return Broken(
        line=line, key=record.name, raw=chunk.lines[line - chunk.start], rule=fault.rule, message=fault.message,
        is_rejected=fault.rule in REJECTED, amount=amount, currency=currency or "",
    )  # fmt: skip

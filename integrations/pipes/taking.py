"""Takes a chunk of the records of a batch: rows, what is held, and the position, in one transaction.

The position is the fence: a chunk that was taken already, or that another process takes, is not taken again. A record
that cannot be stored, for whatever reason, is held alone, and the position moves on. A chunk that takes longer than a
statement may is taken in halves.
"""

from __future__ import annotations

import json
import logging
import time
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import islice
from typing import Any

from django.db import InterfaceError, InternalError, OperationalError, connection, transaction
from psycopg.errors import QueryCanceled

from integrations.pipes.entities import entity_of
from integrations.pipes.entities.reading import Fault, Record, read_record
from integrations.pipes.entities.types import Entity, Mode
from integrations.pipes.judging import Subject, judge, unknown_fields
from integrations.pipes.models import Batch, Pipe
from integrations.pipes.outcomes import Context, Outcomes, Records
from integrations.pipes.rows import take_rows
from integrations.pipes.transactions.taking import take_transactions
from invoices.documents.issue import announce_all
from quality import holding, scores
from quality.holding import Broken, Origin
from quality.record_rules import rules_for
from quality.resolving import note_arrived
from quality.rule_types import Part
from stores.rows import rows_of

logger = logging.getLogger(__name__)
Counts = dict[str, int]
# The counts of a batch: held, rejected and warned, by rule.
ByRule = tuple[Counts, Counts, Counts]

NEW_FIELD, MOST_NEW_FIELDS = "new-field:", 100
CHUNKS = {Mode.DOCUMENT: 200, Mode.MUTABLE: 1000, Mode.APPEND: 1000}
# The database is away or was: the whole turn fails, and is made again.
OUTAGES = (OperationalError, InterfaceError, InternalError)
_MOVE = """
UPDATE pipes_batch SET position = position + %(count)s, accepted = accepted + %(accepted)s,
    duplicates = duplicates + %(duplicates)s, held = %(held)s::jsonb, rejected = %(rejected)s::jsonb,
    warned = %(warned)s::jsonb,
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
            _judge(context, batch, chunk)
            take_right(context, entity, chunk.right, chunk.outcomes)
            counts = _keep(context, entity, batch, chunk)
            announce_all(chunk.outcomes.issued)
    except PositionMoved:
        raise
    except Exception as error:
        is_slow = isinstance(error.__cause__, QueryCanceled) and len(lines) > 1
        if isinstance(error, OUTAGES) and not is_slow:
            raise
        if len(lines) == 1:
            logger.exception("A record of %s could not be taken", context.pipe)
            _hold_alone(context, entity, batch, lines, error)
            return
        middle = len(lines) // 2
        take_chunk(context, batch, lines[:middle])
        take_chunk(context, batch, lines[middle:])
    else:
        _moved(batch, len(lines), counts)


def lock_pipe(pipe: Pipe, *, waits: bool = False) -> None:
    """Lock the row of the pipe until the end of the transaction; raises `PositionMoved` where it is locked, or `waits`."""
    rows = rows_of(Pipe, pipe.store_id).select_for_update(no_key=True, skip_locked=not waits)
    found = rows.filter(pk=pipe.pk).values_list("prefix", flat=True).first()
    if found is None:
        raise PositionMoved(f"Another process takes records of {pipe}.")
    pipe.prefix = found


def _read(context: Context, entity: Entity, batch: Batch, lines: Sequence[str]) -> _Chunk:
    began, zone = time.monotonic(), context.zone
    read = {
        batch.position + index: read_record(entity, line, zone=zone, received_at=context.received_at)
        for index, line in enumerate(lines)
    }
    chunk = _Chunk(start=batch.position, lines=lines, records=read, began=began)
    chunk.outcomes.faults = {line: record.faults[0] for line, record in read.items() if record.faults}
    return chunk


def take_right(context: Context, entity: Entity, records: Records, outcomes: Outcomes) -> None:
    """Take records that are right, in the caller's transaction, with the pipe locked.

    The caller announces what was issued, last in its transaction: see docs/locks.md.
    """
    if not records:
        return
    if entity.mode == Mode.DOCUMENT:
        take_transactions(context, records, outcomes)
    else:
        take_rows(context, entity, records, outcomes)


def _hold_alone(context: Context, entity: Entity, batch: Batch, lines: Sequence[str], error: Exception) -> None:
    chunk = _read(context, entity, batch, lines)
    message = f"It could not be stored: {type(error).__name__}."
    chunk.outcomes.faults[batch.position] = Fault(rule="failed", message=message)
    with transaction.atomic():
        lock_pipe(context.pipe)
        counts = _keep(context, entity, batch, chunk)
    _moved(batch, 1, counts)


def _judge(context: Context, batch: Batch, chunk: _Chunk) -> None:
    """Judge what could be read by the rules that count for it."""
    rules = rules_for(context.store.id, batch.data_type, context.pipe.name, context.received_at)
    if rules:
        subject = Subject(
            store_id=context.store.id, data_type=batch.data_type, received_at=context.received_at,
            batch_size=batch.received,
        )  # fmt: skip
        judge(subject, rules, chunk.right, chunk.outcomes)


def _keep(context: Context, entity: Entity, batch: Batch, chunk: _Chunk) -> ByRule:
    """Keep what is held, close what it replaces, and move the position; returns the counts by rule of the batch."""
    origin, outcomes = origin_of(context, entity.data_type), chunk.outcomes
    broken = [_broken(entity, chunk, line, fault) for line, fault in sorted(outcomes.faults.items())]
    new = holding.keep(origin, broken)
    outcomes.duplicates |= set(outcomes.faults) - new
    if taken := {record.name for record in chunk.right.values()}:
        holding.replace_older(origin, taken)
        note_arrived(context.store.id, entity.data_type, {record.key[0] for record in chunk.right.values()})
    kept = [each for each in broken if each.line in new]
    drift = _listed(unknown_fields(chunk.records.values()), batch.warned)
    counts = (
        _added(batch.held, (each.rule for each in kept if not each.is_rejected)),
        _added(batch.rejected, (each.rule for each in kept if each.is_rejected)),
        dict(Counter(batch.warned) + outcomes.warned + Counter({f"{NEW_FIELD}{name}": drift[name] for name in drift})),
    )
    scores.add(origin, _scored(chunk, kept), drift)
    _move(batch, chunk, counts)
    return counts


def _listed(drift: Counts, warned: Mapping[str, int]) -> Counts:
    """The first `MOST_NEW_FIELDS` of a batch: the names of some objects are data, such as ids."""
    known = {name for name in drift if f"{NEW_FIELD}{name}" in warned}
    room = MOST_NEW_FIELDS - sum(name.startswith(NEW_FIELD) for name in warned)
    new = set(islice((name for name in drift if name not in known), max(0, room)))
    return {name: count for name, count in drift.items() if name in known or name in new}


def _scored(chunk: _Chunk, kept: Sequence[Broken]) -> scores.Counts:
    """What became of the chunk for the score of its day."""
    rejected = sum(each.is_rejected for each in kept)
    wrong = Counter(Part(chunk.outcomes.faults[each.line].part) for each in kept)
    return scores.Counts(
        received=len(chunk.lines), accepted=len(chunk.outcomes.accepted), duplicates=len(chunk.outcomes.duplicates),
        held=len(kept) - rejected, rejected=rejected, wrong=wrong,
    )  # fmt: skip


def _moved(batch: Batch, count: int, counts: ByRule) -> None:
    """Let the batch in memory be what was committed."""
    batch.position += count
    batch.held, batch.rejected, batch.warned = counts


def _move(batch: Batch, chunk: _Chunk, counts: ByRule) -> None:
    held, rejected, warned = map(json.dumps, counts)
    given: dict[str, Any] = {
        "id": batch.pk, "position": chunk.start, "count": len(chunk.lines), "accepted": len(chunk.outcomes.accepted),
        "duplicates": len(chunk.outcomes.duplicates), "held": held, "rejected": rejected,
        "warned": warned, "seconds": time.monotonic() - chunk.began,
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
        is_rejected=fault.is_rejected, waits_for=fault.waits_for, amount=amount, currency=currency or "",
    )  # fmt: skip

"""Reads held records again, and tries rules on what came: what `quality` asks of the app that takes records."""

from __future__ import annotations

import logging
from collections.abc import Iterator, Sequence
from datetime import timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.db import transaction

from integrations.pipes.entities import entity_of
from integrations.pipes.entities.reading import Fault, Record, read_record
from integrations.pipes.judging import Subject, fields_of, find_broken, judge
from integrations.pipes.models import Batch, Pipe
from integrations.pipes.outcomes import Context, Outcomes
from integrations.pipes.sealing import open_lines
from integrations.pipes.taking import OUTAGES, lock_pipe, take_right
from invoices.documents.issue import announce_all
from quality.record_rules import rules_for
from quality.record_sources import RecordSource, StillBroken, Tried
from quality.records import HeldRecord
from quality.resolving import note_arrived
from quality.rule_types import Rule
from runtime.clock import read_clock
from stores.queries import StoreFacts, read_store_by_id
from stores.rows import rows_of

logger = logging.getLogger(__name__)

TRIED_DAYS, MOST_TRIED, MOST_EXAMPLES = 30, 10_000, 10


def lock(row: HeldRecord) -> None:
    """Lock the pipe that a record came by."""
    lock_pipe(_pipe(row), waits=True)


def retry(row: HeldRecord, text: str, waived: frozenset[str]) -> StillBroken | None:
    """Read and take the record as if it had come at its own place; returns the rule that it still breaks."""
    pipe, entity = _pipe(row), entity_of(row.data_type)
    batch = rows_of(Batch, row.store_id).defer("lines").get(pk=row.batch_id)
    context = Context(
        store=read_store_by_id(row.store_id), pipe=pipe, batch_id=row.batch_id, received_at=batch.created_at
    )
    record = read_record(entity, text, zone=context.zone, received_at=context.received_at)
    if record.faults:
        return _still(record.faults[0])
    outcomes, records = Outcomes(), {row.line: record}
    # By the rules of now: a person may have changed the one that held the record.
    rules = rules_for(row.store_id, row.data_type, row.source, read_clock())
    judge(_subject(row.store_id, batch), [rule for rule in rules if rule.id not in waived], records, outcomes)
    if not outcomes.faults:
        try:
            with transaction.atomic():
                take_right(context, entity, records, outcomes)
                if not outcomes.faults:
                    note_arrived(row.store_id, row.data_type, record.key[:1])
                announce_all(outcomes.issued)
        except OUTAGES:
            raise
        except Exception as error:
            logger.exception("Held record %s could not be taken", row.pk)
            return StillBroken(rule="failed", message=f"It could not be stored: {type(error).__name__}.")
    return _still(outcomes.faults[row.line]) if outcomes.faults else None


def try_rule(store: StoreFacts, data_type: str, source: str, rule: Rule) -> Tried:
    """Judge the newest records of the last `TRIED_DAYS` by a rule; changes nothing."""
    looked, checked, would_hold, examples = 0, 0, 0, []
    for batch, all_lines in _recent(store, data_type, source):
        lines = all_lines[: MOST_TRIED - looked]
        looked += len(lines)
        records = {line: record for line, record in _read(store, data_type, batch, lines).items() if not record.faults}
        broken = find_broken(_subject(store.id, batch), rule, records)
        checked, would_hold = checked + len(records), would_hold + len(broken)
        examples += [_example(batch, records[line], line, broken[line][0]) for line in sorted(broken)]
        if looked >= MOST_TRIED:
            break
    return Tried(checked=checked, would_hold=would_hold, examples=examples[:MOST_EXAMPLES])


def _pipe(row: HeldRecord) -> Pipe:
    return rows_of(Pipe, row.store_id).get(pk=row.source_id)


def _subject(store_id: int, batch: Batch) -> Subject:
    return Subject(
        store_id=store_id, data_type=batch.data_type, received_at=batch.created_at, batch_size=batch.received
    )


def _recent(store: StoreFacts, data_type: str, source: str) -> Iterator[tuple[Batch, list[str]]]:
    since = read_clock() - timedelta(days=TRIED_DAYS)
    rows = rows_of(Batch, store.id).filter(data_type=data_type, created_at__gte=since).exclude(lines=b"")
    rows = rows.filter(pipe__name=source) if source else rows
    # One batch in memory at a time.
    for batch_id in rows.order_by("-id").values_list("pk", flat=True)[:MOST_TRIED]:
        batch = rows_of(Batch, store.id).get(pk=batch_id)
        yield batch, open_lines(batch)


def _read(store: StoreFacts, data_type: str, batch: Batch, lines: Sequence[str]) -> dict[int, Record]:
    entity, zone = entity_of(data_type), ZoneInfo(store.timezone)
    return {line: read_record(entity, text, zone=zone, received_at=batch.created_at) for line, text in enumerate(lines)}


def _example(batch: Batch, record: Record, line: int, message: str) -> dict[str, Any]:
    return {"key": record.name, "message": message, "batch_id": str(batch.pk), "line": line}


def _still(fault: Fault) -> StillBroken:
    return StillBroken(rule=fault.rule, message=fault.message, waits_for=fault.waits_for)


SOURCE = RecordSource(lock=lock, retry=retry, fields_of=fields_of, try_rule=try_rule)

"""What a person does about held records: correct, accept, replay or set them aside; and replays what was waited for."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any, Literal

from django.db import transaction
from django.db.models import QuerySet

from quality.holding import OPEN
from quality.record_sources import record_source
from quality.records import HeldRecord
from quality.rules import RECORD_RULES
from quality.sealing import open_record, seal_record
from runtime.clock import ClockTimestamp
from stores.encryption import Undecipherable
from stores.rows import rows_of, rows_of_all_stores

Action = Literal["fix", "accept", "replay", "set_aside"]
ACCEPTED, SET_ASIDE = HeldRecord.State.ACCEPTED, HeldRecord.State.SET_ASIDE
# A call answers when all of its records are dealt with.
MOST_AT_ONCE = 100
DUE_AT_ONCE = 20


class UnknownHeld(LookupError):
    """The store has no held record with that number."""


class NotHeld(RuntimeError):
    """The record is resolved already, or its rule does not allow the action."""


def find_held(store_id: int, held_id: int) -> HeldRecord:
    """The record with that number; raises `UnknownHeld`."""
    found = rows_of(HeldRecord, store_id).filter(pk=held_id).first() if held_id < 2**63 else None
    if found is None:
        raise UnknownHeld(f"There is no held record {held_id} of this store.")
    return found


@transaction.atomic
def resolve(store_id: int, held_id: int, action: Action, *, by: str, text: str = "") -> HeldRecord:
    """Do something about a record; it stays open where it still breaks a rule. Raises `UnknownHeld` and `NotHeld`.

    `fix` reads `text` instead of the record. The source is locked before the record, as where records are taken.
    """
    row = find_held(store_id, held_id)
    record_source().lock(row)
    row = rows_of(HeldRecord, store_id).select_for_update(no_key=True).get(pk=row.pk)
    if row.state not in ((OPEN,) if action == "set_aside" else (OPEN, SET_ASIDE)):
        raise NotHeld(f"Record {row.pk} is {row.get_state_display()}; nothing is left to do about it.")
    if action == "set_aside":
        _end(row, SET_ASIDE, by)
        return row
    if action == "accept" and not may_be_accepted(row):
        raise NotHeld(f"Record {row.pk} breaks {row.rule}, which cannot be accepted; fix the record.")
    return _try_again(row, by=by, text=text, is_accepted=action == "accept")


def replay(rows: QuerySet[HeldRecord], *, by: str) -> list[HeldRecord]:
    """Read some open records again, each in a transaction of its own; returns what became of each."""
    ids = list(rows.filter(state=OPEN).order_by("id").values_list("store_id", "pk")[:MOST_AT_ONCE])
    return [_resolve_or_read(store_id, pk, by=by) for store_id, pk in ids]


def _resolve_or_read(store_id: int, held_id: int, *, by: str) -> HeldRecord:
    """What became of a record, also where another call resolved it first."""
    try:
        return resolve(store_id, held_id, "replay", by=by)
    except NotHeld:
        return find_held(store_id, held_id)


def note_arrived(store_id: int, data_type: str, keys: Collection[str]) -> int:
    """Let records that wait for one of these keys be tried again. A key is the first part of that of a record.

    One that is due is marked again: it may be in the middle of a trial that did not find the key yet.
    """
    rows = rows_of(HeldRecord, store_id).filter(state=OPEN).exclude(waits_for="")
    if not rows.filter(waits_for__startswith=f"{data_type}:").exists():
        return 0
    return rows.filter(waits_for__in=[f"{data_type}:{key}" for key in keys]).update(is_due=True)


def replay_due() -> bool:
    """Try again what was waited for; returns whether there may be more."""
    rows = rows_of_all_stores(HeldRecord).filter(is_due=True).exclude(store__status__in=["paused", "erased"])
    due = list(rows.order_by("id").values_list("store_id", "pk")[:DUE_AT_ONCE])
    for store_id, pk in due:
        try:
            resolve(store_id, pk, "replay", by="")
        except (NotHeld, UnknownHeld, Undecipherable):
            # A record that is resolved meanwhile, or does not open, waits for nothing any more.
            rows_of(HeldRecord, store_id).filter(pk=pk).update(is_due=False)
    return len(due) == DUE_AT_ONCE


def may_be_accepted(row: HeldRecord) -> bool:
    """Whether a person may take the record although it breaks its rule: a rule of users, and no rule of the product."""
    return row.rule not in RECORD_RULES


def text_of(row: HeldRecord) -> str:
    """The record to read next: as it was last corrected, or as it came."""
    return open_record(row, row.corrected or row.raw)


def _try_again(row: HeldRecord, *, by: str, text: str, is_accepted: bool) -> HeldRecord:
    if text:
        row.corrected = seal_record(text, row.source_id, row.data_type, bytes(row.digest))
    waived = frozenset({row.rule} if is_accepted else ())
    broken = record_source().retry(row, text or text_of(row), waived)
    if broken is None:
        _end(row, ACCEPTED, by)
        return row
    row.rule, row.message, row.waits_for = broken.rule, broken.message, broken.waits_for
    # With the row locked: who marks it due from now on has found that it waits.
    row.is_due = False
    row.save(update_fields=["rule", "message", "waits_for", "is_due", "corrected"])
    return row


def _end(row: HeldRecord, state: Any, by: str) -> None:
    row.state, row.resolved_by, row.resolved_at, row.is_due = state, by, ClockTimestamp(), False
    row.save(update_fields=["state", "resolved_by", "resolved_at", "is_due", "corrected"])
    row.refresh_from_db(fields=["resolved_at"])

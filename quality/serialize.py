"""Held records and rules as the API shows them."""

from __future__ import annotations

from typing import Any

from quality.records import HeldRecord, RecordRule
from quality.resolving import may_be_accepted
from quality.rules import RECORD_RULES
from quality.sealing import open_record
from runtime.formats import iso


def present_rule(row: RecordRule) -> dict[str, Any]:
    """A rule."""
    return {
        "id": row.pk, "entity": row.data_type, "pipe": row.source or None, "kind": row.kind, "field": row.field,
        "params": row.params, "severity": row.severity, "effective_from": iso(row.effective_from), "version": row.version,
    }  # fmt: skip


def present_held(row: HeldRecord) -> dict[str, Any]:
    """A held record without the record itself."""
    amount = None if row.amount is None else {"currency": row.currency, "amount": f"{row.amount:.2f}"}
    return {
        "id": row.pk, "source_id": row.source, "data_type": row.data_type, "key": row.key, "batch_id": str(row.batch_id),
        "line": row.line, "rule": row.rule, "severity": row.severity, "sentence": row.message, "remedy": remedy_of(row),
        "may_accept": may_be_accepted(row), "waits_for": row.waits_for or None, "state": row.state,
        "received_on": row.received_on.isoformat(), "amount": amount,
        "resolved_at": iso(row.resolved_at) if row.resolved_at else None, "resolved_by": row.resolved_by or None,
    }  # fmt: skip


def present_with_record(row: HeldRecord) -> dict[str, Any]:
    """A held record with the record; raises `stores.encryption.Undecipherable`."""
    corrected = open_record(row, row.corrected) if row.corrected else None
    return {**present_held(row), "raw": open_record(row, row.raw), "corrected": corrected}


def remedy_of(row: HeldRecord) -> str:
    """What a person can do about the record, in a sentence."""
    if row.waits_for:
        return f"Send {row.waits_for.replace(':', ' ', 1)}, or accept the record without it."
    if row.rule in RECORD_RULES:
        return "Fix the record, or send it again as it should be."
    return "Fix the record, or accept it as it is."

"""Keeps records of sources that broke a rule, each content once, and closes those that a later record replaced."""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from quality.records import HeldRecord
from quality.sealing import seal_record
from runtime.clock import ClockTimestamp
from stores.keys import read_keyring
from stores.rows import rows_of

OPEN, REPLACED = HeldRecord.State.OPEN, HeldRecord.State.REPLACED
# numeric(24,6).
MOST_AMOUNT = Decimal(10) ** 18


@dataclass(frozen=True, kw_only=True, slots=True)
class Origin:
    """Where records came from: the store, the source, the batch and the day."""

    store_id: int
    source_id: int
    source: str
    data_type: str
    batch_id: int
    received_on: date


@dataclass(frozen=True, kw_only=True, slots=True)
class Broken:
    """A record at a line of its batch that broke a rule. `is_rejected` is the severity `reject`."""

    line: int
    key: str
    raw: str
    rule: str
    message: str
    is_rejected: bool = False
    waits_for: str = ""
    amount: Decimal | None = None
    currency: str = ""


def keep(origin: Origin, broken: Sequence[Broken]) -> set[int]:
    """Keep the records; returns the lines of those that were not kept before."""
    if not broken:
        return set()
    keyring = read_keyring()
    rows = {}
    for each in broken:
        digest = digest_of(each.raw)
        raw = seal_record(each.raw, origin.source_id, origin.data_type, digest, keyring)
        rows[digest] = _row(origin, each, digest, raw)
    rows_of(HeldRecord, origin.store_id).bulk_create(rows.values(), ignore_conflicts=True)
    mine = rows_of(HeldRecord, origin.store_id).filter(
        source_id=origin.source_id, data_type=origin.data_type, digest__in=list(rows), batch_id=origin.batch_id
    )
    return set(mine.values_list("line", flat=True)) & {each.line for each in broken}


def replace_older(origin: Origin, keys: Collection[str]) -> int:
    """Close what is open of these keys: a record of each was taken just now."""
    rows = rows_of(HeldRecord, origin.store_id).filter(
        source_id=origin.source_id, data_type=origin.data_type, state=OPEN
    )
    # Most chunks find nothing open, and need no list of a thousand keys.
    if not rows.exists():
        return 0
    return rows.filter(key__in=list(keys)).exclude(key="").update(state=REPLACED, resolved_at=ClockTimestamp())


def digest_of(raw: str) -> bytes:
    """The SHA-256 of a record, by which the same record is recognized."""
    return hashlib.sha256(raw.encode("utf-8", "surrogatepass")).digest()


def _row(origin: Origin, each: Broken, digest: bytes, raw: bytes) -> HeldRecord:
    has_amount = each.amount is not None and abs(each.amount) < MOST_AMOUNT
    return HeldRecord(
        store_id=origin.store_id, source_id=origin.source_id, source=origin.source, data_type=origin.data_type,
        batch_id=origin.batch_id, received_on=origin.received_on, key=each.key[:300], line=each.line, rule=each.rule,
        severity=HeldRecord.Severity.REJECT if each.is_rejected else HeldRecord.Severity.HOLD, message=each.message,
        raw=raw, digest=digest, waits_for=each.waits_for, amount=each.amount if has_amount else None,
        currency=each.currency if has_amount else "",
    )  # fmt: skip

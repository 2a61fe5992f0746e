"""Operations on the quarantine: keep rows, resolve them by a later file, correct, accept, retry or set them aside."""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal

from django.db import transaction
from django.utils import timezone

from quality.models import Quarantined
from quality.readers import Rows, reader_of
from quality.rules import RULES, SET_ASIDE, Broken, Remedy
from runtime.clock import ClockTimestamp

OPEN, SET_ASIDE_STATE = Quarantined.State.OPEN, Quarantined.State.SET_ASIDE


class NotOpen(RuntimeError):
    """The record is resolved already, or its rule does not allow the action."""


@dataclass(frozen=True, kw_only=True)
class Source:
    """The origin of rows: the kind of source, the id and name of its record, and the series of the documents."""

    kind: str
    id: int
    name: str
    series: str


@dataclass(frozen=True, kw_only=True)
class Rejected:
    """The rows of one document that broke a rule.

    `key` is the document's number or id at the source; `variant` distinguishes documents of one number. `amount` is the
    subtotal in `currency`, where it is known.
    """

    key: str
    variant: str = ""
    line: int
    raw: str
    broken: Broken
    amount: Decimal | None = None
    currency: str = ""


def keep(source: Source, rejected: Iterable[Rejected], accepted: Iterable[tuple[str, str]]) -> None:
    """Keep what was rejected, each content once.

    The documents in `accepted`, by key and variant, came right, which heals what was kept of them.
    """
    rows = [_row(source, each) for each in rejected]
    _resolve(
        source.series,
        [(row.key, row.variant) for row in rows if row.rule != "differs"],
        Quarantined.State.REPLACED,
        kept=rows,
    )
    Quarantined.objects.bulk_create(rows, ignore_conflicts=True)
    _resolve(source.series, accepted, Quarantined.State.HEALED)


def digest(raw: str) -> str:
    """The SHA-256 of the raw rows, by which the same rows are recognized."""
    return hashlib.sha256(raw.encode()).hexdigest()


def correct(row_id: int, text: str, *, by: str) -> Quarantined:
    """Read the rows again as a person has corrected them (`text`); raises `NotOpen` and `CannotRead`.

    When a rule is still broken, the record stays open and has the new rule and message.
    """
    return _try_again(row_id, by=by, text=text)


def accept(row_id: int, *, by: str) -> Quarantined:
    """Issue the document as it is; raises `NotOpen` when its rule does not allow that."""
    return _try_again(row_id, by=by, is_accepted=True)


def retry(row_id: int, *, by: str) -> Quarantined:
    """Read the unchanged rows again: the invoice that a credit note corrects may exist by now."""
    return _try_again(row_id, by=by)


@transaction.atomic
def set_aside(row_id: int, *, by: str) -> Quarantined:
    """Close the record without a document; its rows are kept. Raises `NotOpen`."""
    row = _lock(row_id)
    _end(row, SET_ASIDE_STATE, by)
    return row


@transaction.atomic
def _try_again(row_id: int, *, by: str, text: str = "", is_accepted: bool = False) -> Quarantined:
    row = _lock(row_id)
    if is_accepted and not row.may_be_accepted:
        raise NotOpen(f"{row.key} breaks {row.rule}, which cannot be accepted; correct its rows.")
    if text:
        row.mended = "" if text == row.raw else text
    accepted = frozenset({row.rule} if is_accepted else ())
    rows = Rows(source_id=row.source_id, key=row.key, text=row.text, accepted=accepted, occurrence=_occurrence(row))
    result = reader_of(row.source).retry(rows)
    if result.broken:
        row.rule, row.message = result.broken.rule.id, str(result.broken)
        row.save(update_fields=["rule", "message", "mended"])
        return row
    row.invoice_number = ", ".join(result.numbers)
    _end(row, Quarantined.State.ISSUED if result.numbers else Quarantined.State.HEALED, by)
    return row


def _occurrence(row: Quarantined) -> int:
    """The place of the record among those of its source with the same rows: equal rows are documents of their own."""
    same = {"source": row.source, "source_id": row.source_id, "digest": row.digest}
    return 1 + Quarantined.objects.filter(**same, line__lt=row.line).count()


def _lock(row_id: int) -> Quarantined:
    row = Quarantined.objects.select_for_update().get(pk=row_id)
    is_final = row.state == SET_ASIDE_STATE and RULES[row.rule].remedy != Remedy.NONE
    if row.state != OPEN and not is_final:
        raise NotOpen(f"{row.key} is {row.get_state_display()}; nothing is left to do about it.")
    return row


def _end(row: Quarantined, state: str, by: str) -> None:
    row.state, row.resolved_by = state, by
    row.resolved_at = timezone.now()
    row.save(update_fields=["state", "invoice_number", "mended", "resolved_at", "resolved_by"])


def _row(source: Source, rejected: Rejected) -> Quarantined:
    rule = rejected.broken.rule.id
    return Quarantined(
        source=source.kind,
        source_id=source.id,
        source_name=source.name,
        series=source.series,
        key=rejected.key[:200],
        variant=rejected.variant,
        line=rejected.line,
        rule=rule,
        message=str(rejected.broken)[:2000],
        raw=rejected.raw,
        digest=digest(rejected.raw),
        amount=rejected.amount,
        currency=rejected.currency,
        state=SET_ASIDE_STATE if rule in SET_ASIDE else OPEN,
    )


def _resolve(series: str, documents: Iterable[tuple[str, str]], state: str, kept: Sequence[Quarantined] = ()) -> None:
    """Set the open records of `documents`, pairs of (key, variant), to `state`, except those with the rows of `kept`.

    A record without a variant matches every document with its key.
    """
    keys: defaultdict[str, list[str]] = defaultdict(list)
    for key, variant in documents:
        keys[variant].append(key)
    for variant, several in keys.items():
        waiting = Quarantined.objects.filter(series=series, key__in=several, state=OPEN)
        if variant:
            waiting = waiting.filter(variant__in=["", variant])
        waiting.exclude(digest__in=[row.digest for row in kept]).update(state=state, resolved_at=ClockTimestamp())

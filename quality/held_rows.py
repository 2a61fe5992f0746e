"""Reads records of the quarantine for other apps: those of one source that wait for a person."""

from __future__ import annotations

from dataclasses import dataclass

from quality.models import Quarantined


class UnknownRow(LookupError):
    """There is no such record; the text is a sentence."""


@dataclass(frozen=True, kw_only=True)
class HeldRow:
    """The rows of one document in quarantine. `text` is the last correction, or else the original rows."""

    id: int
    source: str
    source_id: int
    key: str
    line: int
    rule: str
    says: str
    message: str
    state: str
    may_accept: bool
    text: str
    invoice_number: str


def read_open(source: str, source_id: int, *, after: tuple[int, int] | None, limit: int) -> list[HeldRow]:
    """Up to `limit` open records of a source behind the place `after`, which is a line and an id."""
    rows = Quarantined.objects.filter(source=source, source_id=source_id, state=Quarantined.State.OPEN)
    if after is not None:
        line, row_id = after
        rows = rows.filter(line__gte=line).exclude(line=line, pk__lte=row_id)
    return [present_row(row) for row in rows.order_by("line", "pk")[:limit]]


def read_row(row_id: int) -> HeldRow:
    """The record; raises `UnknownRow`."""
    row = Quarantined.objects.filter(pk=row_id).first()
    if row is None:
        raise UnknownRow(f"There is no record {row_id} in the quarantine.")
    return present_row(row)


def present_row(row: Quarantined) -> HeldRow:
    return HeldRow(
        id=row.pk, source=row.source, source_id=row.source_id, key=row.key, line=row.line, rule=row.rule,
        says=row.broken_rule.says, message=row.message, state=row.state, may_accept=row.may_be_accepted, text=row.text,
        invoice_number=row.invoice_number,
    )  # fmt: skip

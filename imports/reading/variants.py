"""Several documents of one number: an invoice and a credit note, or documents of two years."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from imports.reading.groups import Group
from imports.reading.records import Record

_VARIANT_FIELDS = ("kind", "invoice_date")


def variant_of(one: Group, header: Sequence[str]) -> str:
    """Kind and year, such as `invoice 2026`; empty where the rows do not agree, or do not say."""
    found = {_variant(record, header) for record in one.records}
    return found.pop() if len(found) == 1 else ""


def split(one: Group, header: Sequence[str]) -> list[Group]:
    """The rows of a number as one group for each kind and date, in the order of the file."""
    groups: dict[tuple[str, ...], Group] = {}
    for record in one.records:
        values = _values(record, header)
        variant = tuple(str(values.get(name) or "").strip() for name in _VARIANT_FIELDS)
        groups.setdefault(variant, Group(one.key)).records.append(record)
    return list(groups.values())


def _variant(record: Record, header: Sequence[str]) -> str:
    values = _values(record, header)
    kind, year = str(values.get("kind") or "invoice").strip(), str(values.get("invoice_date") or "").strip()[:4]
    return f"{kind[:20]} {year}" if year.isascii() and year.isdigit() else ""


def _values(record: Record, header: Sequence[str]) -> dict[str, Any]:
    """The values by name; empty where the record could not be read."""
    if isinstance(record.values, dict):
        return record.values
    return dict(zip(header, record.values, strict=True)) if record.values else {}

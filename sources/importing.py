"""Imports a file: documents issued batch by batch, how far it is committed with them.

The same content again changes nothing. Killed anywhere, the next import of the file goes on after the last commit.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path
from typing import Any

from django.db import transaction
from django.utils import timezone

from invoices.documents.types import Kind
from runtime.clock import ClockTimestamp
from sources import batches, quarantine
from sources.batches import Outcome
from sources.models import SourceFile, empty_counts
from sources.reading import source
from sources.reading.groups import Group
from sources.reading.options import Options
from sources.reading.rules import SET_ASIDE
from sources.reading.source import Scan

BATCH_DOCUMENTS = 200
BATCH_RECORDS = 5000
Told = Callable[[int, int], None]


class Elsewhere(RuntimeError):
    """Another process imports the same file at this moment."""


class OtherOptions(ValueError):
    """The file was begun with other options."""


@dataclass(kw_only=True)
class Report:
    """What an import of one or more files did, in sums of their counts."""

    counts: dict[str, Any] = field(default_factory=empty_counts)
    files: dict[str, int] = field(default_factory=lambda: {"imported": 0, "unchanged": 0, "changed": 0, "resumed": 0})
    notes: list[str] = field(default_factory=list)
    seconds: float = 0

    def as_json(self) -> dict[str, Any]:
        return {**self.counts, "files": self.files, "notes": self.notes, "seconds": round(self.seconds, 3)}


def import_files(
    paths: Sequence[Path],
    options: Options,
    *,
    created_by: str = "",
    names: Sequence[str] = (),
    tell: Told | None = None,
    guard: Callable[[], None] = lambda: None,
) -> Report:
    """Import the files in their order. `names` are theirs where the paths are temporary.

    `tell(done, of)` hears how many rows are dealt with; `guard` is called at the end of each transaction, and what it
    raises rolls it back. Raises `BadFile`, `Elsewhere`, `OtherOptions`; files before the bad one stay imported.
    """
    report, began = Report(), time.monotonic()
    scans = [source.scan(path, options) for path in paths]
    total, done = sum(scan.record_count for scan in scans), 0
    for path, scan, name in zip(paths, scans, names or [path.name for path in paths], strict=True):
        for count in _import_file(path, name[:255], scan, options, created_by, report, guard):
            if tell:
                tell(done + count, total)
        done += scan.record_count
    report.seconds = time.monotonic() - began
    return report


def _import_file(
    path: Path, name: str, scan: Scan, options: Options, created_by: str, report: Report, guard: Callable[[], None]
) -> Iterator[int]:
    file = _open(name, scan, options, created_by, report)
    if file is None:
        _add(report.counts, {"read": scan.record_count, "duplicates": scan.document_count})
        yield scan.record_count
        return
    began, read = time.monotonic(), 0
    groups = source.read(path, options, scan)
    read += sum(len(group.records) for group in islice(groups, file.done_count))
    for batch in _batches(groups):
        counts = _commit(file, batch, options, guard)
        _add(report.counts, counts)
        read += counts["read"]
        yield read
    taken = time.monotonic() - began
    SourceFile.objects.filter(pk=file.pk).update(seconds=file.seconds + taken, ended_at=ClockTimestamp())


def _open(name: str, scan: Scan, options: Options, created_by: str, report: Report) -> SourceFile | None:
    """The file's row, with how far it is; None when all of it is dealt with."""
    same_name = SourceFile.objects.filter(series=options.series, name=name)
    found = same_name.filter(sha256=scan.sha256).first()
    if found is None:
        _tell_change(same_name.order_by("-pk").first(), report)
        return SourceFile.objects.create(
            series=options.series, name=name, sha256=scan.sha256, size=scan.size, options=options.as_json(),
            header=list(scan.header), record_count=scan.record_count, document_count=scan.document_count,
            counts=empty_counts(), created_by=created_by,
        )  # fmt: skip
    if found.is_complete:
        report.files["unchanged"] += 1
        report.notes.append(f"{name} was imported on {found.created_at:%Y-%m-%d %H:%M} UTC; nothing in it is new.")
        return None
    if found.options != options.as_json():
        raise OtherOptions(f"{name} was begun with other options ({_difference(found, options)}); go on with the same.")
    report.files["resumed"] += 1
    report.notes.append(f"{name} goes on after {found.done_count} of {found.document_count} documents.")
    return found


def _tell_change(before: SourceFile | None, report: Report) -> None:
    if before is None:
        report.files["imported"] += 1
        return
    report.files["changed"] += 1
    report.notes.append(
        f"{before.name} has changed since {before.created_at:%Y-%m-%d %H:%M} UTC; what was issued stays, what is new is added."
    )


def _difference(found: SourceFile, options: Options) -> str:
    given = options.as_json()
    return ", ".join(f"{name}={found.options.get(name)}" for name in given if found.options.get(name) != given[name])


def _batches(groups: Iterable[Group]) -> Iterator[list[Group]]:
    batch: list[Group] = []
    records = 0
    for group in groups:
        batch.append(group)
        records += len(group.records)
        if len(batch) >= BATCH_DOCUMENTS or records >= BATCH_RECORDS:
            yield batch
            batch, records = [], 0
    if batch:
        yield batch


@transaction.atomic
def _commit(file: SourceFile, batch: list[Group], options: Options, guard: Callable[[], None]) -> dict[str, Any]:
    """Deal with a batch and say so on the file's row, which is locked first."""
    locked = SourceFile.objects.select_for_update().get(pk=file.pk)
    if locked.done_count != file.done_count:
        raise Elsewhere(f"Another process imports {file.name} at this moment; wait for it to end.")
    outcome = batches.deal_with(batch, file.header, options, timezone.now())
    quarantine.keep(file, outcome)
    counts = _count(batch, outcome)
    locked.done_count += len(batch)
    _add(locked.counts, counts)
    locked.save(update_fields=["done_count", "counts"])
    guard()
    file.done_count, file.counts = locked.done_count, locked.counts
    return counts


def _count(batch: list[Group], outcome: Outcome) -> dict[str, Any]:
    counts = empty_counts()
    counts["read"] = sum(len(group.records) for group in batch)
    counts["credit_notes"] = sum(item.document.kind == Kind.CREDIT_NOTE for item in outcome.issued)
    counts["documents"] = len(outcome.issued)
    counts["duplicates"] = len(outcome.duplicates)
    for _, broken in outcome.broken:
        where = counts["set_aside" if broken.rule.id in SET_ASIDE else "quarantined"]
        where[broken.rule.id] = where.get(broken.rule.id, 0) + 1
    return counts


def _add(counts: dict[str, Any], more: dict[str, Any]) -> None:
    for name, value in more.items():
        if isinstance(value, dict):
            _add(counts.setdefault(name, {}), value)
        else:
            counts[name] = counts.get(name, 0) + value

"""Imports a file: issues its documents batch by batch and commits the progress with each batch.

Importing the same content again changes nothing. After a kill, the next import resumes after the last commit.
"""

from __future__ import annotations

import re
import tempfile
import time
from collections.abc import Callable, Generator, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from imports import batches
from imports.batches import Batch
from imports.events import append_import_finished
from imports.models import SOURCE, SourceFile, empty_counts
from imports.opening import open_file
from imports.reading import source
from imports.reading.groups import Group
from imports.reading.options import Options
from imports.reading.source import Scan
from imports.reading.variants import variant_of
from imports.report import Report, add_counts
from invoices.documents.amounts import amounts_of
from invoices.documents.gross import settle
from invoices.documents.types import Document, Kind
from invoices.validation.document import warn
from quality import quarantine
from quality.quarantine import Rejected, Source
from quality.rules import SET_ASIDE
from runtime.clock import ClockTimestamp

BATCH_DOCUMENTS = 200
BATCH_RECORDS = 5000
BATCH_CHARACTERS = 8 * 1024**2
# Documents that an earlier attempt dealt with are read in steps of this many.
SKIPPED_AT_ONCE = 2000
# What a column of amounts takes.
MOST_AMOUNT = Decimal(10) ** 20
ProgressCallback = Callable[[int, int], None]
Guard = Callable[[Mapping[str, Any]], None]
Steps = Generator[None, None, Report]


class ImportInProgress(RuntimeError):
    """Another process imports the same file at this moment."""


class TooManyBroken(ValueError):
    """More documents of the file break a rule than may be kept of one file."""


@dataclass(frozen=True, kw_only=True)
class ImportRequest:
    """How to read the files, for whom, and whether this import has begun before. Workbooks are converted in `folder`.

    `on_progress(done, total)` is called with the number of processed rows and of all rows. `guard` is called at the end
    of each transaction with the report so far; an exception from it rolls the transaction back.
    """

    options: Options
    created_by: str = ""
    folder: Path
    has_begun: bool = False
    on_progress: ProgressCallback = lambda done, total: None
    guard: Guard = lambda report: None


def import_files(
    paths: Sequence[Path],
    options: Options,
    *,
    created_by: str = "",
    on_progress: ProgressCallback = lambda done, total: None,
) -> Report:
    """Import the files in their order, without a pause; raises as `import_steps`."""
    with tempfile.TemporaryDirectory() as folder:
        steps = import_steps(
            paths,
            [path.name for path in paths],
            ImportRequest(options=options, created_by=created_by, on_progress=on_progress, folder=Path(folder)),
        )
        while True:
            try:
                next(steps)
            except StopIteration as end:
                report: Report = end.value
                return report


def import_steps(paths: Sequence[Path], names: Sequence[str], request: ImportRequest) -> Steps:
    """Import the files in their order, named `names`; yields between transactions, returns the report.

    Raises `BadFile`, `ImportInProgress`, `OptionsChanged`, `TooManyBroken`; files before the bad one stay imported.
    """
    report, began = Report(), time.monotonic()
    scans = []
    for place, (path, name) in enumerate(zip(paths, names, strict=True)):
        folder = request.folder / str(place)
        folder.mkdir(exist_ok=True)
        scan = yield from source.scan_steps(path, request.options, settings.QUARANTINE_PER_FILE, folder, name)
        scans.append(scan)
    report.detected = [scan.detected for scan in scans]
    total, done = sum(scan.record_count for scan in scans), 0
    for scan, name in zip(scans, names, strict=True):
        for count in _import_file(name[:255], scan, request, report):
            request.on_progress(done + count, total)
            yield
        done += scan.record_count
    report.seconds += time.monotonic() - began
    return report


def _import_file(name: str, scan: Scan, request: ImportRequest, report: Report) -> Iterator[int]:
    """Yields how many of its rows are dealt with."""
    file = open_file(name, scan, report, created_by=request.created_by, has_begun=request.has_begun)
    if file is None:
        report.add({"read": scan.record_count, "duplicates": scan.document_count})
        yield scan.record_count
        return
    earlier_seconds = file.seconds
    groups = source.read(scan)
    mark, read = time.monotonic(), 0
    for read in _skip(groups, file.done_count):
        yield read
    for some in _batches(groups):
        file.seconds, mark = file.seconds + time.monotonic() - mark, time.monotonic()
        read += _take_in(file, some, scan.options, request, report)
        yield read
    seconds = file.seconds + time.monotonic() - mark
    SourceFile.objects.filter(pk=file.pk).update(seconds=seconds, ended_at=ClockTimestamp())
    report.add(file.counts)
    report.seconds += earlier_seconds


def _skip(groups: Iterator[Group], count: int) -> Iterator[int]:
    """Read over `count` groups; yields, after each `SKIPPED_AT_ONCE` and at the end, how many rows they had."""
    read = 0
    for skipped in range(1, count + 1):
        read += next(groups).record_count
        if skipped % SKIPPED_AT_ONCE == 0 or skipped == count:
            yield read


def _batches(groups: Iterable[Group]) -> Iterator[list[Group]]:
    batch: list[Group] = []
    records = size = 0
    for group in groups:
        batch.append(group)
        records += len(group.records)
        size += group.size
        if len(batch) >= BATCH_DOCUMENTS or records >= BATCH_RECORDS or size >= BATCH_CHARACTERS:
            yield batch
            batch, records, size = [], 0, 0
    if batch:
        yield batch


def _take_in(file: SourceFile, groups: list[Group], options: Options, request: ImportRequest, report: Report) -> int:
    """Read a batch, take it in and note its warnings; returns how many rows it had."""
    batch = batches.read(groups, file.header, options, timezone.now())
    counts = _commit(file, groups, batch, options, request, report)
    report.warn(warning.message for item in batch.issued for warning in warn(item.document))
    return int(counts["read"])


@transaction.atomic
def _commit(
    file: SourceFile, groups: list[Group], batch: Batch, options: Options, request: ImportRequest, report: Report
) -> dict[str, Any]:
    """Issue a batch and say so on the file's row, which is locked first; returns the counts of the batch."""
    locked = SourceFile.objects.select_for_update().get(pk=file.pk)
    if locked.done_count != file.done_count:
        raise ImportInProgress(f"Another process imports {file.name} at this moment; wait for it to end.")
    batches.take_in(batch, options)
    _keep(file, batch)
    counts = _count(groups, batch)
    locked.done_count += len(groups)
    locked.seconds = file.seconds
    add_counts(locked.counts, counts)
    _check_quarantine(locked, file)
    locked.save(update_fields=["done_count", "counts", "seconds"])
    if locked.is_complete:
        append_import_finished(locked)
    request.guard(report.so_far(locked))
    file.done_count, file.counts = locked.done_count, locked.counts
    return counts


def _keep(file: SourceFile, batch: Batch) -> None:
    """Put what broke a rule into quarantine, and end there what came right."""
    source = Source(kind=SOURCE, id=file.pk, name=file.name, series=file.series)
    documents = {(item.group.line, item.group.key): item.document for item in batch.items}
    rejected = [
        Rejected(
            key=group.key, variant=variant_of(group, file.header), line=group.line, raw=group.raw, broken=broken,
            **_held_amount(documents.get((group.line, group.key))),
        )
        for group, broken in batch.broken
    ]  # fmt: skip
    right = [(item.group.key, variant_of(item.group, file.header)) for item in (*batch.issued, *batch.duplicates)]
    quarantine.keep(source, rejected, right)


def _held_amount(document: Document | None) -> dict[str, Any]:
    """The subtotal of a document that is held, where it can be computed: its numbers may be what is wrong."""
    if document is None:
        return {}
    try:
        subtotal = amounts_of(settle(document)).subtotal
    except (ArithmeticError, LookupError, ValueError):
        return {}
    is_sum = subtotal.is_finite() and abs(subtotal) < MOST_AMOUNT and re.fullmatch("[A-Z]{3}", document.currency)
    return {"amount": subtotal, "currency": document.currency} if is_sum else {}


def _check_quarantine(after: SourceFile, before: SourceFile) -> None:
    """Refuse the file when this batch would keep too much of it; `before` is what was committed."""
    limit = settings.QUARANTINE_PER_FILE
    if after.kept_count <= limit:
        return
    counts = before.counts
    raise TooManyBroken(
        f"{before.name} is refused: more than {limit:,} of its documents break a rule (QUARANTINE_PER_FILE). "
        f"{before.done_count:,} of its {before.document_count:,} documents were dealt with before and stay: "
        f"{counts['documents']:,} issued, {counts['duplicates']:,} there already, {before.kept_count:,} kept back. "
        "Nothing was taken of the others; correct the file and import it again."
    )


def _count(groups: list[Group], batch: Batch) -> dict[str, Any]:
    counts = empty_counts()
    counts["read"] = sum(group.record_count for group in groups)
    counts["credit_notes"] = sum(item.document.kind == Kind.CREDIT_NOTE for item in batch.issued)
    counts["documents"] = len(batch.issued)
    counts["duplicates"] = len(batch.duplicates)
    for _, broken in batch.broken:
        where = counts["set_aside" if broken.rule.id in SET_ASIDE else "quarantined"]
        where[broken.rule.id] = where.get(broken.rule.id, 0) + 1
    return counts

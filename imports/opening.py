"""Finds or creates the row of a file to import. Equal content is the same file, with the progress of earlier imports."""

from __future__ import annotations

from imports.models import SourceFile, empty_counts
from imports.reading.options import Options
from imports.reading.source import Scan
from imports.report import Report


class OptionsChanged(ValueError):
    """The file was begun with other options."""


def open_file(name: str, scan: Scan, report: Report, *, created_by: str, has_begun: bool) -> SourceFile | None:
    """The file's row, with how far it is; None when all of it was dealt with before this import began.

    `has_begun`: this import was interrupted. Raises `OptionsChanged`.
    """
    options = scan.options
    same_name = SourceFile.objects.filter(series=options.series, name=name)
    found = same_name.filter(sha256=scan.sha256).first()
    if found is not None:
        report.file_ids.append(found.pk)
    if found is None:
        _count_changed_file(same_name.order_by("-pk").first(), report)
        made = SourceFile.objects.create(
            series=options.series, name=name, sha256=scan.sha256, size=scan.size, options=options.as_json(),
            header=list(scan.header), dialect=options.dialect.as_json(), record_count=scan.record_count,
            document_count=scan.document_count, counts=empty_counts(), created_by=created_by,
        )  # fmt: skip
        report.file_ids.append(made.pk)
        return made
    if found.is_complete and not has_begun and found.options != options.as_json():
        return _begin_again(found, scan, report)
    if found.is_complete and not has_begun:
        report.files["unchanged"] += 1
        report.notes.append(f"{name} was imported on {found.created_at:%Y-%m-%d %H:%M} UTC; nothing in it is new.")
        return None
    if found.options != options.as_json():
        raise OptionsChanged(
            f"{name} was begun with other options ({_difference(found, options)}); go on with the same."
        )
    report.files["resumed"] += 1
    report.notes.append(
        f"{name} goes on after {found.done_count} of {found.document_count} documents; the counts are of the whole file."
    )
    return found


def _begin_again(found: SourceFile, scan: Scan, report: Report) -> SourceFile:
    """Read a complete file again, as its options are others now: what is issued stays, what was held may come right."""
    found.options, found.dialect = scan.options.as_json(), scan.options.dialect.as_json()
    found.header = list(scan.header)
    found.record_count, found.document_count = scan.record_count, scan.document_count
    found.done_count, found.counts, found.seconds, found.ended_at = 0, empty_counts(), 0, None
    found.save()
    report.files["changed"] += 1
    report.notes.append(f"{found.name} is imported again with other options; what was issued stays.")
    return found


def _count_changed_file(before: SourceFile | None, report: Report) -> None:
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

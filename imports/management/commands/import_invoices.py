"""`import_invoices PATH...`: files and folders of invoices into the store, in the foreground, with a progress bar."""

from __future__ import annotations

import json
import logging
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn, TimeRemainingColumn

from imports import importing, sums
from imports.importing import ImportInProgress, ProgressCallback, TooManyBroken
from imports.opening import OptionsChanged
from imports.reading import options as reading_options
from imports.reading import source
from imports.reading.lines import BadFile
from imports.reading.options import BadOption, Format, Options
from imports.report import Report
from invoices.series import WrongSeries
from quality.rules import RULES

QUARANTINED = 3


class Command(BaseCommand):
    help = (
        "Imports invoices from Excel workbooks, CSV, JSON lines or e-invoices, files or folders of them. What was imported "
        "before is not imported again. What breaks a rule is kept in quarantine, to be corrected in the admin."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("paths", nargs="+", type=Path, metavar="PATH", help="a file, or a folder of files")
        parser.add_argument("--format", choices=list(Format), help="[the one that the file shows]")
        parser.add_argument(
            "--mapping", type=Path, metavar="FILE", help="JSON: the columns of a table by the fields of a document"
        )
        parser.add_argument(
            "--series", help="prefix of the source's own numbers [SHOP]; credit notes get -CN behind it"
        )
        parser.add_argument("--seller", help="the seller's name where the file does not give it")
        parser.add_argument("--timezone", help="of dates without one, such as Europe/London")
        parser.add_argument("--vat-rate", help="of lines without one; 0.2 is 20 %%")
        parser.add_argument("--currency", help="of documents without one, such as GBP")
        parser.add_argument(
            "--announce", action="store_true", help="put them on the live feed; history is not by default"
        )
        parser.add_argument("--json", action="store_true", help="the report as JSON, with the sums of each day")

        parser.add_argument("--strict", action="store_true", help="exit code 3 when something went into quarantine")

    def handle(self, *args: Any, paths: Sequence[Path], **given: Any) -> None:
        as_json = given["json"]
        # A line a batch would break the progress bar; the report says it all.
        logging.getLogger("invoices.issue").setLevel(logging.WARNING)
        try:
            given["mapping"] = _read_mapping(given["mapping"])
            chosen = reading_options.make({name: given[name] for name in Options.__dataclass_fields__ if name in given})
            with _progress(quiet=as_json) as on_progress:
                report = importing.import_files(
                    source.expand(paths), chosen, on_progress=on_progress, created_by="import_invoices"
                )
        except (BadOption, BadFile, ImportInProgress, OptionsChanged, TooManyBroken, WrongSeries, OSError) as error:
            raise CommandError(str(error)) from None
        self.stdout.write(_as_json(report, chosen) if as_json else _as_text(report))
        if given["strict"] and report.counts["quarantined"]:
            raise SystemExit(QUARANTINED)


def _read_mapping(path: Path | None) -> str | None:
    """The text of the file; raises `BadOption` for one that is not text."""
    try:
        return None if path is None else path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError:
        raise BadOption(f"mapping: {path} is not UTF-8; save it as UTF-8.") from None


def _as_json(report: Report, options: Options) -> str:
    return json.dumps(report.as_json() | {"series": options.series, "days": sums.read_days(options)})


def _as_text(report: Report) -> str:
    counts = report.counts
    lines = [
        f"{counts['read']:,} rows read in {report.seconds:.1f} s: {counts['documents']:,} documents issued,"
        f" {counts['credit_notes']:,} of them credit notes; {counts['duplicates']:,} were there already.",
        *(f"  {count:,} set aside: {rule}. {RULES[rule].says}" for rule, count in counts["set_aside"].items()),
        *(f"  {count:,} in quarantine: {rule}. {RULES[rule].says}" for rule, count in counts["quarantined"].items()),
    ]
    notes = report.notes if len(report.notes) <= 5 else [*report.notes[:4], f"and {len(report.notes) - 4} files more."]
    return "\n".join([*lines, *(f"  {note}" for note in notes)])


@contextmanager
def _progress(*, quiet: bool) -> Iterator[ProgressCallback]:
    if quiet:
        yield lambda done, total: None
        return
    columns = (TextColumn("rows"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn(), TimeRemainingColumn())
    with Progress(*columns, console=Console(stderr=True)) as progress:
        task = progress.add_task("rows", total=None)
        yield lambda done, total: progress.update(task, completed=done, total=total)

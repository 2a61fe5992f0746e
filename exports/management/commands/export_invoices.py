"""`manage.py export_invoices`: a file of the invoices that a filter leaves in."""

from __future__ import annotations

import os
import sys
from datetime import date
from pathlib import Path
from typing import Any, BinaryIO

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from exports.files.filters import Filter, UnknownSeries, choose, zone_of
from exports.files.formats import Format, NotOfThisFormat, check_style, write
from exports.files.style import DecimalMark, Rows, Separator, Style
from invoices.documents.types import Kind
from streaming import feed as feeds

STDOUT = "-"


class Command(BaseCommand):
    help = "Write invoices to a file: CSV, JSON lines (whole documents) or Parquet. Exit 1 when it cannot be written."
    requires_system_checks = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--format", choices=[*Format], help="[by the ending of --output]")
        parser.add_argument("--output", required=True, metavar="PATH", help="the file; - is the standard output")
        parser.add_argument(
            "--feed", default=settings.INVOICEDASH_FEED, choices=feeds.permanent_feeds(), help="[%(default)s]"
        )
        parser.add_argument("--series", metavar="PREFIX", help="of one series alone")
        parser.add_argument("--q", default="", help="a part of a number, or words of seller, buyer and products")
        parser.add_argument("--date-from", metavar="DAY", help="the first day (UTC), such as 2026-11-21")
        parser.add_argument("--date-to", metavar="DAY", help="the last day (UTC)")
        parser.add_argument("--kind", choices=[*Kind])
        parser.add_argument(
            "--rows", choices=[*Rows], default=Rows.DOCUMENTS, help="CSV: a row a document, or a VAT rate of it, signed"
        )
        parser.add_argument("--separator", choices=[*Separator], default=Separator.COMMA, help="CSV: [%(default)s]")
        parser.add_argument(
            "--decimal-mark", choices=[*DecimalMark], default=DecimalMark.POINT, help="CSV: [%(default)s]"
        )
        parser.add_argument("--bom", action="store_true", help="CSV: begin with a byte order mark, for Excel")
        parser.add_argument("--currency", metavar="CODE", help="such as EUR")

    def handle(self, *args: Any, **options: Any) -> None:
        form = Format(options["format"] or _ending(options["output"]))
        wanted = Filter(
            feed=options["feed"],
            series=options["series"],
            q=options["q"],
            date_from=_day("--date-from", options["date_from"]),
            date_to=_day("--date-to", options["date_to"]),
            kind=options["kind"],
            currency=options["currency"],
        )
        style = Style(
            rows=Rows(options["rows"]), separator=Separator(options["separator"]), bom=options["bom"],
            decimal_mark=DecimalMark(options["decimal_mark"]), zone=zone_of(options["feed"]),
        )  # fmt: skip
        try:
            check_style(form, style)
        except NotOfThisFormat as wrong:
            raise CommandError(str(wrong)) from None
        count = _export(wanted, form, style, options["output"])
        self.stderr.write(f"{count:,} documents written to {options['output']}.")


def _export(wanted: Filter, form: Format, style: Style, output: str) -> int:
    try:
        if output == STDOUT:
            return _write(wanted, form, style, sys.stdout.buffer)
        path = Path(output)
        part = path.with_name(f"{path.name}.part")
        with part.open("wb") as sink:
            count = _write(wanted, form, style, sink)
        os.replace(part, path)
    except UnknownSeries as error:
        raise CommandError(f"--series: {error}.") from None
    except BrokenPipeError:
        raise CommandError("The reader of the standard output has gone.") from None
    except OSError as error:
        raise CommandError(f"{output} cannot be written: {error.strerror}.") from None
    return count


def _write(wanted: Filter, form: Format, style: Style, sink: BinaryIO) -> int:
    chosen = choose(wanted)
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    console = Console(stderr=True)
    count = 0
    with Progress(*columns, console=console, disable=not console.is_terminal) as progress:
        task = progress.add_task(form, total=chosen.count() if console.is_terminal else None)
        for count in write(chosen, form, sink, style):
            progress.update(task, completed=count)
    return count


def _ending(output: str) -> str:
    ending = Path(output).suffix.removeprefix(".")
    if ending not in [*Format]:
        raise CommandError(f"{output} does not end in .csv, .jsonl or .parquet; say which with --format.")
    return ending


def _day(option: str, text: str | None) -> date | None:
    try:
        return date.fromisoformat(text) if text else None
    except ValueError:
        raise CommandError(f"{option}: {text!r} is not a day; write one as 2026-11-21.") from None

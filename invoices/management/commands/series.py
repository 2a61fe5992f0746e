"""`manage.py series`: list the series with their gaps, open one, change one."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from rich.console import Console
from rich.table import Table

from invoices.audit import gaps
from invoices.models import Series
from invoices.series import WrongSeries
from invoices.series_operations import (
    BadSeries,
    SeriesInUse,
    SeriesTaken,
    UnknownSeries,
    Wanted,
    change_series,
    next_printed,
    open_series,
)
from streaming.feed import UnknownFeed

REFUSALS = (BadSeries, WrongSeries, SeriesInUse, SeriesTaken, UnknownSeries, UnknownFeed)


class Command(BaseCommand):
    help = "List the series with their gaps (list), open one (open) or change one (set)."

    def add_arguments(self, parser: CommandParser) -> None:
        actions = parser.add_subparsers(dest="action", required=True)
        actions.add_parser("list", help="all open series, with what is issued next and their gaps")
        opening = actions.add_parser("open", help="open a series")
        opening.add_argument("prefix")
        opening.add_argument("--kind", default="internal", choices=Series.Kind.values)
        opening.add_argument("--document", default="invoice", choices=["invoice", "credit_note"])
        opening.add_argument("--feed", default="live")
        changing = actions.add_parser("set", help="change a series; pattern, start and yearly while it is empty")
        changing.add_argument("prefix")
        for one in (opening, changing):
            one.add_argument("--pattern", help="of printed numbers, such as RE{year}-{n:04}")
            one.add_argument("--start", type=int, help="the first printed counter")
            one.add_argument("--timezone", help="of the invoice day, such as Europe/Berlin")
            one.add_argument("--yearly", action="store_const", const=True, help="count again from 1 each year")
            one.add_argument("--zero-totals", action="store_const", const=True, help="may hold totals of zero")

    def handle(self, *args: Any, action: str, **options: Any) -> None:
        if action == "list":
            self.stdout.write(_draw())
            return
        names = ("kind", "document", "feed", "pattern", "start", "timezone", "yearly", "zero_totals")
        given = {name: options[name] for name in names if options.get(name) is not None}
        try:
            if action == "open":
                series = open_series(Wanted(prefix=options["prefix"], **given))
            else:
                series = change_series(options["prefix"], given)
        except REFUSALS as refusal:
            raise CommandError(str(refusal)) from refusal
        self.stdout.write(f"Series {series.prefix}: the next number is {_next(series)}.")


def _draw() -> str:
    table = Table("series", "kind", "holds", "feed", "time zone", "issued", "next number", "gaps")
    missing = gaps()
    for one in Series.objects.filter(closed_at=None).order_by("id"):
        ranges = ", ".join(f"{first}-{last}" for first, last in missing.get(one.prefix, [])) or "none"
        zone = one.timezone or "of each date"
        issued = f"{one.last_ordinal:,}"
        table.add_row(one.prefix, one.kind, one.get_document_display(), one.feed_id, zone, issued, _next(one), ranges)
    console = Console(width=140)
    with console.capture() as captured:
        console.print(table)
    return captured.get()


def _next(series: Series) -> str:
    return next_printed(series, series.day_of(datetime.now(UTC))) or "the source's own"

"""`manage.py generation_status`: prints the run and the display, once, as JSON or live."""

from __future__ import annotations

import json
from typing import Any

from django.core.management.base import BaseCommand, CommandParser
from rich.console import Console
from rich.table import Table

from dashboard.management.commands._watch import describe, watch
from dashboard.status import read_status

FEED = "demo"


class Command(BaseCommand):
    help = "Print the state of the generation."
    requires_system_checks = []

    def add_arguments(self, parser: CommandParser) -> None:
        form = parser.add_mutually_exclusive_group()
        form.add_argument(
            "--json", action="store_true", help="the status as /api/system/status answers it, on one line"
        )
        form.add_argument("--watch", action="store_true", help="a live progress bar, until idle or Ctrl-C")

    def handle(self, *args: Any, **options: Any) -> None:
        if options["watch"]:
            self.stdout.write(describe(watch(lambda: read_status(FEED), Console())))
        elif options["json"]:
            self.stdout.write(json.dumps(read_status(FEED)))
        else:
            self.stdout.write(draw(read_status(FEED)))


def draw(status: dict[str, Any]) -> str:
    """The status as two tables."""
    console = Console()
    with console.capture() as captured:
        console.print(_draw_feed(status))
        console.print(_draw_processes(status))
    return captured.get()


def _draw_feed(status: dict[str, Any]) -> Table:
    run, display = status["run"], status["display"]
    table = Table(show_header=False)
    table.add_row("state", status["state"])
    if run:
        table.add_row(f"run {run['id']}", f"{run['state']}, {run['issued_count']} of {run['target_count']} issued")
        table.add_row("", f"{run['rate_per_second']} a second for {run['duration_seconds']} s, seed {run['seed']}")
    table.add_row("shown", f"{display['shown_count']} of {display['announced_count']}")
    table.add_row("skipped", str(display["skipped_count"]))
    table.add_row("backlog", f"{display['backlog']}, drained in {display['drain_eta_seconds']} s")
    table.add_row("pace", f"{display['mode']}, {display['rate_per_second']} a second")
    for condition in status["conditions"]:
        table.add_row(condition["name"], condition["sentence"])
    return table


def _draw_processes(status: dict[str, Any]) -> Table:
    table = Table("process", "state", "pid", "restarts")
    for process in status["processes"]:
        known = ("-" if process[name] is None else str(process[name]) for name in ("pid", "restarts"))
        table.add_row(process["name"], process["state"], *known)
    for name, state in status["services"].items():
        if name not in {process["name"] for process in status["processes"]}:
            table.add_row(name, state, "-", "-")
    return table

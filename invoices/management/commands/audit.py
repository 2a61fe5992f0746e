"""`manage.py audit`: the proof of I1 to I5 on the live data, for people or as JSON."""

from __future__ import annotations

import json
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from rich.console import Console
from rich.table import Table

from invoices.audit import audit
from invoices.proofs import registered_proofs


class Command(BaseCommand):
    help = "Prove that nothing is lost, doubled or wrong. Exit 1 on any difference."
    requires_system_checks = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--json", action="store_true", help="one line of JSON, the last of the output")

    def handle(self, *args: Any, **options: Any) -> None:
        report = audit()
        if options["json"]:
            self.stdout.write(json.dumps(report))
        else:
            self.stdout.write(draw(report))
        if not report["ok"]:
            raise CommandError(f"The audit found differences in: {', '.join(differences(report))}.")


def differences(report: dict[str, Any]) -> list[str]:
    """The names of what is not as it must be."""
    return [name for name, _, is_right in _findings(report) if not is_right]


def draw(report: dict[str, Any]) -> str:
    """The report as a table."""
    table = Table("", "what", "found")
    for name, found, is_right in _findings(report):
        table.add_row("ok" if is_right else "WRONG", name, found, style=None if is_right else "bold red")
    console = Console()
    with console.capture() as captured:
        console.print(table)
    return captured.get()


def _findings(report: dict[str, Any]) -> list[tuple[str, str, bool]]:
    """What was looked at, what was found, and whether it is right."""
    gaps = [f"{gap['series']}: {gap['first']}-{gap['last']}" for gap in report["number_gaps"]]
    return [
        ("totals", f"of {report['invoices']} invoices", report["totals_match"]),
        ("number gaps", ", ".join(gaps) or "none", not gaps),
        ("duplicate numbers", str(report["duplicate_numbers"]), not report["duplicate_numbers"]),
        ("wrong numbers", str(report["wrong_numbers"]), not report["wrong_numbers"]),
        ("wrong amounts", str(report["wrong_amounts"]), not report["wrong_amounts"]),
        ("line sums", _problems_text(report["wrong_lines"]), not report["wrong_lines"]),
        ("VAT by rate", _problems_text(report["wrong_vat"]), not report["wrong_vat"]),
        ("credit notes", _problems_text(report["wrong_credits"]), not report["wrong_credits"]),
        ("hash chain", _chains_text(report), not report["chain_breaks"]),
        *(
            (proof.name, proof.say(report[proof.name]), proof.is_right(report[proof.name]))
            for proof in registered_proofs()
        ),
        *((f"feed {feed['feed']}", _feed_text(feed), feed["conserved"]) for feed in report["feeds"]),
        *((f"run {run['id']}", f"{run['issued']} of {run['target']} issued", run["exact"]) for run in report["runs"]),
    ]


def _feed_text(feed: dict[str, Any]) -> str:
    return (
        f"announced {feed['announced']} = shown {feed['shown']} + skipped {feed['skipped']} + queued {feed['queued']}"
    )


def _problems_text(wrong: list[dict[str, str]]) -> str:
    return ", ".join(f"{each['number']} {each['why']}" for each in wrong) or "all in order"


def _chains_text(report: dict[str, Any]) -> str:
    """The heads are worth keeping elsewhere: who rewrites a chain cannot rewrite those."""
    if report["chain_breaks"]:
        return _problems_text(report["chain_breaks"])
    heads = [
        f"{one['series']} {one['links']} links, head {one['head'][:16]}" for one in report["chains"] if one["links"]
    ]
    return ", ".join(heads) or "nothing linked yet"

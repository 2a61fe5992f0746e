"""`manage.py analytics fold|rebuild|restate|verify`: what the process `loops` does by itself, and what only a person asks for."""

from __future__ import annotations

import argparse
import dataclasses
import json
from datetime import date
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import connection, transaction

from analytics.facts.fold import fold_all
from analytics.facts.lag import read_lag
from analytics.facts.proof import PROOF
from analytics.facts.rebuild import RebuildRunning, rebuild
from analytics.facts.restate import restate
from stores.queries import UnknownStore


def _day(text: str) -> date:
    return date.fromisoformat(text)


class Command(BaseCommand):
    help = "Figures: fold what is not folded yet, make all or one day again, or prove that they equal the documents."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--json", action="store_true", help="one line of JSON")
        actions = parser.add_subparsers(dest="action", required=True)
        helps = {
            "fold": "add what is not folded yet",
            "rebuild": "make all figures again beside the present ones, with the zones and categories of now",
            "restate": "make one day again",
            "verify": "compare every bucket with its documents; exit 1 on a difference",
        }
        made = {name: actions.add_parser(name, help=text) for name, text in helps.items()}
        for each in made.values():
            # Without a default of its own: it would replace what stands before the action.
            each.add_argument("--json", action="store_true", default=argparse.SUPPRESS, help="one line of JSON")
        made["restate"].add_argument("--day", type=_day, required=True, help="such as 2026-03-01")
        made["restate"].add_argument("--store", default="main", help="slug of the store [main]")

    def handle(self, *args: Any, action: str, **options: Any) -> None:
        try:
            report, text = _ACTIONS[action](options)
        except (RebuildRunning, UnknownStore) as error:
            raise CommandError(str(error)) from None
        self.stdout.write(json.dumps(report) if options["json"] else text)
        if action == "verify" and not PROOF.is_right(report):
            raise CommandError("Figures differ from the documents: run manage.py analytics rebuild.")


def _fold(options: dict[str, Any]) -> tuple[Any, str]:
    waiting = read_lag()
    fold_all()
    counts = ", ".join(f"{each.waiting:,} documents ({each.group})" for each in waiting)
    return [dataclasses.asdict(each) for each in read_lag()], f"Folded: {counts}."


def _rebuild(options: dict[str, Any]) -> tuple[Any, str]:
    number = rebuild()
    return {"generation": number}, f"Generation {number} answers now."


def _restate(options: dict[str, Any]) -> tuple[Any, str]:
    changed = restate(options["store"], options["day"])
    return {"changed": changed}, f"{options['day']}: figures of {changed} currencies changed."


def _verify(options: dict[str, Any]) -> tuple[Any, str]:
    with transaction.atomic(durable=True), connection.cursor() as cursor:
        cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
        report = PROOF.prove()
    PROOF.keep(report)
    return report, PROOF.say(report)


_ACTIONS = {"fold": _fold, "rebuild": _rebuild, "restate": _restate, "verify": _verify}

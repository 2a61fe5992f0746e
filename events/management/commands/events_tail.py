"""`manage.py events_tail`: prints events as JSON lines, the newest ones and then those that follow."""

from __future__ import annotations

import json
import time
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from events.models import EventRow
from runtime.formats import iso

SHOWN, POLL_SECONDS = 20, 0.5


class Command(BaseCommand):
    help = "Print the newest events, one line of JSON each, and follow the log until Ctrl-C."
    requires_system_checks = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--topic", help="events of this topic only")
        parser.add_argument("--once", action="store_true", help="end after the newest events")

    def handle(self, *args: Any, **options: Any) -> None:
        rows = EventRow.objects.filter(topic=options["topic"]) if options["topic"] else EventRow.objects.all()
        newest = list(rows.order_by("-id")[:SHOWN])[::-1]
        try:
            self._follow(rows, newest, is_once=options["once"])
        except KeyboardInterrupt:
            return

    def _follow(self, rows: Any, found: list[EventRow], *, is_once: bool) -> None:
        last = 0
        while True:
            for row in found:
                self.stdout.write(json.dumps(_present(row)))
                last = row.pk
            self.stdout.flush()
            if is_once:
                return
            time.sleep(POLL_SECONDS)
            # For a reader at a terminal: unlike a consumer, it may miss an event that is committed late.
            found = list(rows.filter(pk__gt=last).order_by("id")[:1000])


def _present(row: EventRow) -> dict[str, Any]:
    names = ("id", "topic", "key", "type", "payload")
    return {**{name: getattr(row, name) for name in names}, "created_at": iso(row.created_at)}

"""`manage.py start_generation`: START, from the command line."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from invoices.generation import runs
from invoices.management.commands import _values


class Command(BaseCommand):
    help = "Start a run of rate x duration invoices on the demo feed, and return. Exit 1 when one is running."
    requires_system_checks = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--rate", help=f"invoices a second, 0.1 to 10000 [{settings.GENERATION_RATE}]")
        parser.add_argument("--duration", help=f"seconds, 1 to 86400 [{settings.GENERATION_DURATION}]")
        parser.add_argument("--seed", metavar="N", help="the same seed makes the same invoices [random]")

    def handle(self, *args: Any, rate: Any, duration: Any, seed: Any, **options: Any) -> None:
        try:
            run = runs.start(
                rate_per_second=settings.GENERATION_RATE if rate is None else _values.rate(str(rate)),
                duration_seconds=settings.GENERATION_DURATION if duration is None else _values.duration(str(duration)),
                seed=None if seed is None else _values.seed(str(seed)),
            )
        except (runs.AlreadyRunning, runs.BadRun) as refusal:
            raise CommandError(str(refusal)) from None
        self.stdout.write(f"Run {run.pk} has begun: {run.target_count} invoices until {run.ends_at:%H:%M:%S} UTC.")

"""`manage.py stop_generation`: STOP, from the command line."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from invoices.generation import runs


class Command(BaseCommand):
    help = "Stop the run. Nothing more is issued; what is queued goes on being shown. Exit 1 when none runs."
    requires_system_checks = []

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            run = runs.stop()
        except runs.NotRunning as refusal:
            raise CommandError(str(refusal)) from None
        self.stdout.write(f"Run {run.pk} is {run.state}: {run.final_count} of {run.target_count} invoices were issued.")

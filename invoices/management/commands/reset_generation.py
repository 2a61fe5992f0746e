"""`manage.py reset_generation`: reset and purge, from the command line."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from invoices.generation import reset


class Command(BaseCommand):
    help = "Stop the run, skip what is queued and clear the screens; invoices and totals stay."
    requires_system_checks = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--purge", action="store_true", help="also drop the generated invoices: counts are zero")

    def handle(self, *args: Any, purge: bool, **options: Any) -> None:
        reset.reset("demo", purge=purge)
        self.stdout.write("The screens are cleared" + (" and the generated invoices are dropped." if purge else "."))

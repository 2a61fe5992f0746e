"""`run_jobs quick` or `run_jobs long`: what the `jobs` process starts when a job waits. By hand it does no harm."""

from __future__ import annotations

import os
from typing import Any

from django.core.management.base import BaseCommand, CommandParser
from django.db import connection

from jobs import files, runner
from jobs.models import Job

# Ticks come first, whatever a job does with the processor.
LOW_PRIORITY = 10
# A frozen job must not hold its locks for ever.
LONGEST_IDLE_TRANSACTION = "30s"


class Command(BaseCommand):
    help = "Does the background jobs that wait in a lane, then ends."
    requires_system_checks = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("lane", choices=Job.Lane.values, help="whose jobs to do")
        parser.add_argument("--beat-to", type=int, metavar="FD", help="an open file to write a byte to every second")

    def handle(self, *args: Any, lane: str, beat_to: int | None, **options: Any) -> None:
        os.nice(LOW_PRIORITY)
        try:
            runner.stop_on_signals()
            with connection.cursor() as cursor:
                cursor.execute(f"SET idle_in_transaction_session_timeout = '{LONGEST_IDLE_TRANSACTION}'")
            files.remove_old_files()
            runner.run_queue(lane, beat_to=beat_to)
        except runner.Stopped:
            return

"""`run_jobs quick` or `run_jobs long`: the command that the `jobs` process starts when a job waits. Safe to run by
hand.
"""

from __future__ import annotations

import os
from typing import Any

from django.core.management.base import BaseCommand, CommandParser
from django.db import connection

from jobs import files, runner
from jobs.models import Job

# Ticks have priority over jobs for the processor.
LOW_PRIORITY = 10
# A suspended job must not hold its locks permanently.
LONGEST_IDLE_TRANSACTION = "30s"


class Command(BaseCommand):
    help = "Run the waiting background jobs of a queue, then end."
    requires_system_checks = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("queue", choices=Job.Queue.values, help="the queue to work on")
        parser.add_argument("--beat-to", type=int, metavar="FD", help="an open file that gets a byte every second")

    def handle(self, *args: Any, queue: str, beat_to: int | None, **options: Any) -> None:
        os.nice(LOW_PRIORITY)
        try:
            runner.stop_on_signals()
            with connection.cursor() as cursor:
                cursor.execute(f"SET idle_in_transaction_session_timeout = '{LONGEST_IDLE_TRANSACTION}'")
            files.remove_old_files()
            runner.run_queue(queue, beat_to=beat_to)
        except runner.Stopped:
            return

"""How far a run is, read in one statement: a tick asks it under the run's lock, five times a second."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db import connection

from invoices.models import Run


@dataclass(frozen=True, kw_only=True)
class Progress:
    """`now` is the database's clock, which alone decides what is due."""

    is_running: bool
    issued_count: int
    now: datetime


_PROGRESS = """
SELECT state = 'running', coalesce((SELECT max(run_ordinal) FROM invoices_invoice WHERE run_id = run.id), 0),
    clock_timestamp()
FROM invoices_run AS run WHERE id = %s
"""


def read(run: Run) -> Progress:
    """How far `run` is."""
    with connection.cursor() as cursor:
        cursor.execute(_PROGRESS, [run.pk])
        is_running, issued_count, now = cursor.fetchone()
    return Progress(is_running=is_running, issued_count=issued_count, now=now)

"""Time for a run without waiting: its start is moved instead of the clock."""

from __future__ import annotations

from datetime import timedelta

from django.db.models import F

from invoices.models import Run
from runtime.clock import ClockTimestamp


def let_pass(run: Run, seconds: float) -> None:
    """Make `run` older by that much: the database's clock does the rest."""
    Run.objects.filter(pk=run.pk).update(started_at=F("started_at") - timedelta(seconds=seconds))


def let_be_old(run: Run, seconds: float) -> None:
    """Make `run` exactly that old now."""
    Run.objects.filter(pk=run.pk).update(started_at=ClockTimestamp() - timedelta(seconds=seconds))


def let_be_due(run: Run, count: int) -> None:
    """Make `run` as old as it is when `count` of its invoices have just become due."""
    let_be_old(run, (count + 0.05) / float(run.rate_per_second))

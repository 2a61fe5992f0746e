"""The tick: issues the invoices of the active run that are due. A tick may come late, come twice or be killed.

What is due is calculated from the start of the run, so each of these cases gives the same invoices.
"""

from __future__ import annotations

from django.conf import settings
from django.db import transaction

from invoices.generation import content, progress, runs
from invoices.generation.due import due_count, tick_limit
from invoices.generation.punctuality import PUNCTUALITY
from invoices.issue import issue
from invoices.models import Run


def tick() -> int:
    """Issue the invoices of the active run that are due, at most one second's worth; returns their number.

    A run that is stopping is ended instead.
    """
    run = Run.objects.filter(state__in=Run.ACTIVE).first()
    if run is None:
        return 0
    if run.state == Run.State.STOPPING:
        runs.finish_stopping(run)
        return 0
    return _issue_due(run)


@transaction.atomic
def _issue_due(run: Run) -> int:
    """Issue the due invoices under the lock of `run`; returns their number, 0 when another tick holds the lock."""
    if not runs.try_lock(run):
        return 0
    found = progress.read(run)
    if not found.is_running:
        return 0
    issued, elapsed = found.issued_count, found.now - run.started_at
    due = due_count(rate_per_second=run.rate_per_second, target=run.target_count, elapsed=elapsed)
    PUNCTUALITY.take(run_id=run.pk, elapsed=elapsed, issued=issued, due=due, rate_per_second=run.rate_per_second)
    count = min(due - issued, tick_limit(run.rate_per_second))
    if count > 0:
        drafts = content.drafts(_terms(run), first=issued + 1, count=count)
        issue(series_id=run.series_id, drafts=drafts, run_id=run.pk)
    if issued + max(count, 0) >= run.target_count:
        runs.complete(run)
    return max(count, 0)


def _terms(run: Run) -> content.Terms:
    return content.Terms(
        seed=run.seed,
        started_at=run.started_at,
        rate_per_second=run.rate_per_second,
        currency=settings.INVOICEDASH_CURRENCY,
        vat_rate=settings.INVOICEDASH_VAT_RATE,
    )

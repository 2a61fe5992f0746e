"""Books with something of everything in them, all in order: what the audit's tests look at and tamper with."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

from django.db.models import F

from invoices.generation import producer, runs
from invoices.issue import issue
from invoices.models import Run, Series
from streaming import feed as feeds
from streaming import pacer
from streaming.models import Cursor
from tests.invoices.clock import let_be_due
from tests.invoices.samples import draft, drafts


def write_books(run: Run, own: Series, shop: Series) -> None:
    """A stopped run and a completed one, real invoices of both kinds, rows shown and skipped."""
    let_be_due(run, 10)
    producer.tick()
    runs.stop()
    show(4)
    feeds.skip_queued("demo")
    second = runs.start(rate_per_second=Decimal("0.1"), duration_seconds=60)
    let_be_due(second, 6)
    producer.tick()
    show(3)
    issue(series_id=own.pk, drafts=drafts(5))
    issue(series_id=own.pk, drafts=drafts(2), announce=False)
    issue(series_id=shop.pk, drafts=[draft(number=number, currency="EUR") for number in "abc"])


def show(count: int) -> None:
    """Have the pacer show the next rows, without waiting for their time."""
    for _ in range(count):
        Cursor.objects.filter(feed_id="demo").update(
            due_at=F("due_at") - timedelta(hours=1), shown_at=F("shown_at") - timedelta(hours=1)
        )
        assert pacer.step("demo").seq

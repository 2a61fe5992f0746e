"""Books with something of everything in them, all in order: what the audit's tests look at and tamper with."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

from django.db.models import F

from invoices.documents.issue import issue_documents
from invoices.generation import producer, runs
from invoices.issue import issue
from invoices.models import Run, Series
from streaming import feed as feeds
from streaming import pacer
from streaming.models import Cursor
from tests.invoices.clock import let_be_due
from tests.invoices.documents.samples import credit_note, document, line
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


def write_documents(own: Series) -> None:
    """Two plain invoices, INV-000001 and 2; three with lines, 3 to 5, of which two are corrected; four credit notes."""
    issue(series_id=own.pk, drafts=drafts(2))
    mixed = document(line("2", "10", "0.2"), line("1", "5", "0"), source="test", external_id="1", note="to Ocean")
    issue_documents(series_id=own.pk, documents=[mixed, document(line("3")), document()])
    notes = [
        credit_note(line("1"), corrects="INV-000004"),
        credit_note(line("0.5", "10"), corrects="INV-000003"),
        credit_note(line("1"), corrects="INV-000004"),
        credit_note(reason="goodwill"),
    ]
    issue_documents(series_id=Series.objects.get(prefix="CN").pk, documents=notes)


def show(count: int) -> None:
    """Have the pacer show the next rows, without waiting for their time."""
    for _ in range(count):
        Cursor.objects.filter(feed_id="demo").update(
            due_at=F("due_at") - timedelta(hours=1), shown_at=F("shown_at") - timedelta(hours=1)
        )
        assert pacer.step("demo").seq

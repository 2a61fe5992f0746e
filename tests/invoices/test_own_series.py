"""Series that people open: test series with documents, purchases, and the command that opens and changes series."""

from __future__ import annotations

import io
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from exports.files.filters import Filter, choose
from invoices import queries, totals
from invoices import series as all_series
from invoices.admin import figures
from invoices.audit import audit
from invoices.documents.issue import issue_documents
from invoices.documents.read import read_documents
from invoices.generation.reset import delete_purged
from invoices.metrics import read_metrics
from invoices.models import Document, Erasure, Invoice, Line, Series, VatGroup
from invoices.series_operations import BadSeries, SeriesTaken, Wanted, open_series
from invoices.sorting import read_sorted
from replays import window
from streaming import feed as feeds
from tests.invoices.documents.samples import credit_note, document

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("one_snapshot")]
FEED = "replay-1"


@pytest.fixture
def tried(db: None) -> tuple[Series, Series]:
    """Test series for invoices and credit notes, on a feed of their own."""
    feeds.open_feed(FEED, rate_per_second=Decimal(2))
    invoices = open_series(Wanted(prefix="TRY", kind="test", feed=FEED))
    notes = open_series(Wanted(prefix="TRY-CN", kind="test", feed=FEED, document="credit_note"))
    return invoices, notes


def manage(*arguments: str) -> str:
    output = io.StringIO()
    call_command("series", *arguments, stdout=output)
    return output.getvalue()


def issue_in(series: Series, *documents: Any) -> list[str]:
    return list(issue_documents(series_id=series.pk, documents=documents, announce=False).numbers)


class TestTestSeries:
    def test_a_test_series_has_documents_and_their_credit_notes(self, tried: tuple[Series, Series]) -> None:
        [number] = issue_in(tried[0], document())
        [note] = issue_in(tried[1], credit_note(corrects=number))
        assert [one.is_test for one in read_documents([number, note])] == [True, True]
        assert audit()["ok"], audit()

    def test_a_feed_has_one_open_for_each_kind_of_document(self, tried: tuple[Series, Series]) -> None:
        for held in ("invoice", "credit_note"):
            with pytest.raises(SeriesTaken):
                open_series(Wanted(prefix="OTHER", kind="test", feed=FEED, document=held))

    @pytest.mark.parametrize("feed", ["live", "demo"])
    def test_the_feeds_that_are_always_there_take_none(self, db: None, feed: str) -> None:
        with pytest.raises(BadSeries):
            open_series(Wanted(prefix="TRY", kind="test", feed=feed))

    def test_a_real_invoice_is_not_corrected_by_a_test(self, tried: tuple[Series, Series], own_series: Series) -> None:
        [number] = issue_in(own_series, document())
        with pytest.raises(ValueError, match="No real invoice"):
            issue_in(tried[1], credit_note(corrects=number))

    def test_what_was_closed_is_swept_with_all_that_belongs_to_it(self, tried: tuple[Series, Series]) -> None:
        [number] = issue_in(tried[0], document(), document())[:1]
        issue_in(tried[1], credit_note(corrects=number))
        for series in tried:
            all_series.close(series)
        while delete_purged(1):
            pass
        assert not Invoice.objects.filter(series__in=tried).exists()
        assert [part.objects.count() for part in (Document, Line, VatGroup, Erasure)] == [0, 0, 0, 0]
        assert all(series.is_emptied for series in Series.objects.filter(pk__in=[one.pk for one in tried]))
        assert audit()["ok"], audit()


class TestPurchases:
    def test_purchases_are_numbered_and_not_part_of_sales(self, own_series: Series) -> None:
        bought = open_series(Wanted(prefix="BUY", kind="purchase", pattern="E{year}-{n:03}"))
        [number] = issue_in(bought, document(issued_at=datetime(2026, 3, 1, tzinfo=UTC)))
        [read] = read_documents([number])
        assert (read.number, read.printed_number) == ("BUY-000001", "E2026-001")
        assert totals.read("live", "EUR")["invoice_count"] == 0
        issue_in(own_series, document())
        assert totals.read("live", "EUR")["total_amount"] == "120.00"
        assert audit()["ok"], audit()

    def test_purchases_are_not_announced(self, db: None) -> None:
        bought = open_series(Wanted(prefix="BUY", kind="purchase"))
        issue_documents(series_id=bought.pk, documents=[document()])
        assert feeds.display("live").announced_count == 0

    def test_purchases_are_on_no_page_in_no_export_and_in_no_figure(self, own_series: Series) -> None:
        bought = open_series(Wanted(prefix="BUY", kind="purchase"))
        [bill] = issue_in(bought, document())
        [sale] = issue_in(own_series, document())
        assert [row["invoice_number"] for row in read_sorted("live", "-total_amount", limit=9).items] == [sale]
        assert [row["invoice_number"] for row in queries.read_page("live", limit=9).items] == [sale]
        assert [one.invoice_number for one in choose(Filter(feed="live"))] == [sale]
        assert [one.invoice_number for one in choose(Filter(feed="live", series="BUY"))] == [bill], (
            "where it is asked for"
        )
        assert bought.pk not in window.open_series("live")
        [issued, *_] = read_metrics()
        assert [one.value for one in issued.samples if one.labels == {"feed": "live", "currency": "EUR"}] == [1]
        assert [row["counted"] for row in figures.kept_sums()] == [1]
        assert [row["counted"] for row in figures.add_up(Invoice.objects.all())] == [1]
        assert [row["counted"] for row in figures.add_up(Invoice.objects.filter(series=bought))] == [1]
        assert figures.kept_count() == 2
        with pytest.raises(queries.UnknownInvoice):
            queries.id_of("live", bill)

    def test_a_purchase_is_not_corrected_by_a_sale(self, db: None) -> None:
        bought = open_series(Wanted(prefix="BUY", kind="purchase"))
        [number] = issue_in(bought, document())
        with pytest.raises(ValueError, match="No real invoice"):
            issue_in(Series.objects.get(prefix="CN"), credit_note(corrects=number))


class TestCommand:
    def test_the_command_opens_lists_and_changes_a_series(self, db: None) -> None:
        opened = manage("open", "RE", "--pattern", "RE{year}-{n:04}", "--start", "1043", "--timezone", "Europe/Berlin")
        assert "the next number is RE" in opened
        assert "-1043" in opened
        assert "RE" in manage("list")
        assert "-0007" in manage("set", "RE", "--start", "7")
        series = Series.objects.get(prefix="RE")
        assert (series.start, series.timezone, series.pattern) == (7, "Europe/Berlin", "RE{year}-{n:04}")

    def test_the_command_lists_gaps(self, own_series: Series) -> None:
        assert "none" in manage("list")

    @pytest.mark.parametrize(
        ("arguments", "message"),
        [
            (("open", "INV"), "already"),
            (("open", "RE", "--pattern", "RE"), "{n}"),
            (("open", "RE", "--timezone", "Mars/Base"), "Mars/Base"),
            (("open", "RE", "--feed", "none"), "none"),
            (("set", "NONE", "--start", "2"), "NONE"),
        ],
    )
    def test_what_cannot_be_is_refused_in_a_sentence(self, db: None, arguments: tuple[str, ...], message: str) -> None:
        with pytest.raises(CommandError, match=message):
            manage(*arguments)

    def test_a_pattern_stays_once_something_was_issued(self, own_series: Series) -> None:
        issue_in(own_series, document())
        with pytest.raises(CommandError, match="stay"):
            manage("set", "INV", "--start", "5")
        assert read_documents(["INV-000001"])[0].total_amount == Decimal("120.00")

"""What the database itself refuses of documents, whoever writes; and that two who credit at once never credit too much."""

from __future__ import annotations

import threading
from decimal import Decimal

import pytest
from django.db import DatabaseError, IntegrityError, connection, transaction

from invoices import series as all_series
from invoices.documents.issue import BadDocument, issue_documents
from invoices.models import Credit, Document, Invoice, Series
from tests.invoices.documents.samples import credit_note, document, issue_one, line, ours
from tests.invoices.samples import insert, row, run_sql
from tests.waiting import HANG_SECONDS

_DOCUMENT = "INSERT INTO invoices_document (invoice_id, seller, buyer, source, external_id, reason, note, corrects_id)"
_LINE = (
    "INSERT INTO invoices_line (invoice_id, position, description, product_code, quantity, unit_price, vat_rate, net)"
)
_GROUP = "INSERT INTO invoices_vatgroup (invoice_id, rate, category, net, vat, roundings)"


def bare(series: Series, **changes: object) -> int:
    """An invoice's row by hand, 100.00 and 15.00 VAT; returns its id."""
    ordinal = Invoice.objects.filter(series=series).count() + 1
    insert(row(series, ordinal, kind=series.document, has_document=True, **changes))
    return Invoice.objects.latest("id").pk


def with_document(pk: int, *, reason: str = "", corrects: int | None = None) -> int:
    return run_sql(f"{_DOCUMENT} VALUES (%s, '{{}}', '{{}}', '', '', %s, '', %s)", pk, reason, corrects)


@pytest.mark.django_db
class TestRefusals:
    CHANGES = [
        "UPDATE invoices_document SET note = 'changed'",
        "UPDATE invoices_document SET corrects_id = invoice_id",
        "DELETE FROM invoices_document",
        "UPDATE invoices_line SET description = 'changed'",
        "DELETE FROM invoices_line",
        "UPDATE invoices_vatgroup SET reason = 'changed'",
        "DELETE FROM invoices_vatgroup",
        "UPDATE invoices_link SET digest = hash",
        "DELETE FROM invoices_link",
    ]

    @pytest.mark.parametrize("statement", CHANGES)
    def test_what_was_issued_stays(self, statement: str) -> None:
        issue_one(document())
        with pytest.raises(IntegrityError, match="never changed or deleted"), transaction.atomic():
            run_sql(statement)

    def test_a_document_of_no_invoice_or_a_generated_one(self, test_series: Series) -> None:
        for pk in (10**9, bare(test_series)):
            with pytest.raises(IntegrityError, match="exists and is not generated"), transaction.atomic():
                with_document(pk)

    def test_a_credit_note_in_a_series_of_invoices(self, own_series: Series) -> None:
        with pytest.raises(IntegrityError, match="never both"), transaction.atomic():
            insert(row(own_series, 1, kind="credit_note"))
        with pytest.raises(IntegrityError, match="never both"), transaction.atomic():
            insert(row(ours("credit_note"), 1, kind="invoice"))

    def test_a_correction_of_what_cannot_be_corrected(self, own_series: Series, test_series: Series) -> None:
        invoice, generated = bare(own_series), bare(test_series)
        note, other = bare(ours("credit_note")), bare(own_series, currency="EUR")
        for pk, corrects in [(invoice, other), (note, note), (note, generated), (note, other), (note, 10**9)]:
            with pytest.raises(IntegrityError, match="in its own currency"), transaction.atomic():
                with_document(pk, corrects=corrects)
        with pytest.raises(IntegrityError, match="reason"), transaction.atomic():
            with_document(note)
        assert with_document(note, corrects=invoice) == 1

    def test_credit_beyond_the_total_written_by_hand(self, own_series: Series) -> None:
        invoice, notes = bare(own_series), ours("credit_note")
        first, second = bare(notes), bare(notes, subtotal="0.01", vat_rate=None, vat_amount="0", total_amount="0.01")
        with_document(first, corrects=invoice)
        with pytest.raises(IntegrityError, match="credit_within_invoice"), transaction.atomic():
            with_document(second, corrects=invoice)

    def test_vat_groups_beyond_their_bound(self, own_series: Series) -> None:
        pk = bare(own_series)
        with_document(pk)
        for group in (
            "0.15, 'S', 100, 15.02, 1",
            "0.15, 'S', 100, 14.98, 1",
            "0.15, 'S', 100, 16.01, 100000",
            "0, 'Z', 100, 0.01, 100",
            "0, 'S', 100, 0, 1",
            "0.15, 'AE', 100, 15, 1",
            "0.15, 'S', 100, 'NaN', 1",
        ):
            with pytest.raises(DatabaseError), transaction.atomic():
                run_sql(f"{_GROUP} VALUES (%s, {group})", pk)
        run_sql(f"{_GROUP} VALUES (%s, 0.15, 'S', 100, 15.01, 1)", pk)

    def test_a_credit_note_at_a_rate_that_the_invoice_has_not(self) -> None:
        number = issue_one(document())
        note = bare(ours("credit_note"), vat_rate="0.2", vat_amount="20", total_amount="120", currency="EUR")
        with_document(note, corrects=Invoice.objects.get(invoice_number=number).pk)
        with pytest.raises(IntegrityError, match="rates and categories of the invoice"), transaction.atomic():
            run_sql(f"{_GROUP} VALUES (%s, 0.19, 'S', 100, 19, 1)", note)
        with pytest.raises(IntegrityError, match="credit_within_vat_group"), transaction.atomic():
            run_sql(f"{_GROUP} VALUES (%s, 0.2, 'S', 100, 19.99, 1)", note)
        run_sql(f"{_GROUP} VALUES (%s, 0.2, 'S', 99.99, 20, 1)", note)

    LINES = {
        "too little": "(1, 'a', '', 1, 99.99, 0.15, 99.99)",
        "another rate": "(1, 'a', '', 1, 100, 0.1, 100)",
        "two rates": "(1, 'a', '', 1, 50, 0.15, 50), (%s, 2, 'a', '', 1, 50, 0.1500, 50)",
        "a hole": "(1, 'a', '', 1, 50, 0.15, 50), (%s, 3, 'a', '', 1, 50, 0.15, 50)",
        "not from one": "(2, 'a', '', 1, 100, 0.15, 100)",
        "a net of its own": "(1, 'a', '', 1, 99, 0.15, 100)",
        "NaN": "(1, 'a', '', 'NaN', 100, 0.15, 'NaN')",
    }

    @pytest.mark.parametrize("lines", [text for name, text in LINES.items() if name != "two rates"])
    def test_lines_that_do_not_add_up(self, own_series: Series, lines: str) -> None:
        pk = bare(own_series)
        with_document(pk)
        run_sql(f"{_GROUP} VALUES (%s, 0.15, 'S', 100, 15, 1)", pk)
        with pytest.raises(DatabaseError), transaction.atomic():
            run_sql(f"{_LINE} VALUES (%s, {lines[1:]}", *[pk] * (1 + lines.count("%s")))

    def test_lines_of_no_document_and_lines_that_come_later(self, own_series: Series) -> None:
        pk, right = bare(own_series), f"{_LINE} VALUES (%s, 1, 'a', '', 1, 100, 0.15, 100)"
        with pytest.raises(IntegrityError, match="add up"), transaction.atomic():
            run_sql(right, pk)
        with_document(pk)
        with pytest.raises(IntegrityError, match="add up"), transaction.atomic():
            run_sql(right, pk)
        group = f"{_GROUP} VALUES (%s, 0.15, 'S', 100, 15, 1)"
        run_sql(group, pk)
        run_sql(right, pk)
        with pytest.raises(IntegrityError, match="before its lines"), transaction.atomic():
            run_sql(group.replace("0.15, 'S'", "0, 'Z'").replace("100, 15", "0, 0"), pk)
        for later in ("2, 'free', '', 1, 0, 0.15, 0", "2, 'again', '', 1, 100, 0.15, 100"):
            with pytest.raises(IntegrityError, match="written at once"), transaction.atomic():
                run_sql(f"{_LINE} VALUES (%s, {later})", pk)


@pytest.mark.django_db(transaction=True)
def test_two_who_credit_one_invoice_at_once_never_credit_more_than_it() -> None:
    """From two series, so that no series' lock keeps them apart."""
    number = issue_one(document(line("10")))
    series = [all_series.ensure(prefix=prefix, kind="external", document="credit_note").pk for prefix in ("A", "B")]
    at_once, results = threading.Barrier(2), []

    def credit(series_id: int, name: str) -> None:
        at_once.wait(HANG_SECONDS)
        for index in range(8):
            one = credit_note(line("1"), number=str(index), corrects=number)
            try:
                issue_documents(series_id=series_id, documents=[one])
                results.append("issued")
            except (BadDocument, IntegrityError):
                results.append("refused")
        connection.close()

    threads = [threading.Thread(target=credit, args=(pk, str(pk))) for pk in series]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(HANG_SECONDS)
    assert (results.count("issued"), results.count("refused")) == (10, 6)
    assert Credit.objects.get().credited_amount == Decimal("1200.00")
    assert Document.objects.filter(corrects__isnull=False).count() == 10


@pytest.mark.django_db(transaction=True)
def test_repeatable_read_credits_no_more_either() -> None:
    number = issue_one(document(line("1")))
    is_read, is_written = threading.Event(), threading.Event()

    def credit_meanwhile() -> None:
        is_read.wait(HANG_SECONDS)
        issue_one(credit_note(line("1"), corrects=number))
        is_written.set()
        connection.close()

    other = threading.Thread(target=credit_meanwhile)
    other.start()
    notes = all_series.ensure(prefix="A", kind="external", document="credit_note")
    with pytest.raises(DatabaseError):
        _credit_in_an_old_snapshot(notes, number, is_read, is_written)
    other.join(HANG_SECONDS)
    assert Credit.objects.get().credited_amount == Decimal("120.00")


@transaction.atomic
def _credit_in_an_old_snapshot(
    notes: Series, number: str, is_read: threading.Event, is_written: threading.Event
) -> None:
    run_sql("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
    assert not Credit.objects.exists()
    is_read.set()
    assert is_written.wait(HANG_SECONDS)
    issue_documents(series_id=notes.pk, documents=[credit_note(line("1"), number="1", corrects=number)])

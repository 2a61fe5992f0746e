"""Issued is issued: the database refuses to change, delete or move real invoices, and to take numbers back."""

from __future__ import annotations

from decimal import Decimal

import pytest
from django.db import DatabaseError, IntegrityError, connection, transaction
from django.db.models import ProtectedError

from invoices import series as all_series
from invoices.issue import issue
from invoices.models import Invoice, Series
from tests.invoices.samples import draft, drafts, insert, kept_totals, row, run_sql, summed_totals

pytestmark = pytest.mark.django_db

CHANGES = [
    "subtotal = 1, vat_amount = 0.15, total_amount = 1.15",
    "seller_name = 'Someone Else'",
    "buyer_name = 'Someone Else'",
    "invoice_number = 'INV-999999'",
    "invoice_date = now()",
    "currency = 'EUR'",
    "ordinal = 99",
    "created_at = now()",
    "seller_name = seller_name",
]


@pytest.fixture(params=["internal", "external"])
def real(request: pytest.FixtureRequest, own_series: Series, shop_series: Series) -> Series:
    """A series of either kind, with two invoices in it."""
    series = own_series if request.param == "internal" else shop_series
    number = None if series == own_series else "A"
    issue(series_id=series.pk, drafts=[draft(number=number)])
    return series


@pytest.mark.parametrize("change", CHANGES)
def test_a_real_invoice_is_never_changed(real: Series, change: str) -> None:
    before = list(Invoice.objects.values())
    with pytest.raises(IntegrityError, match="never changed"), transaction.atomic():
        run_sql(f"UPDATE invoices_invoice SET {change}")
    assert list(Invoice.objects.values()) == before
    assert kept_totals() == summed_totals()


def test_saving_a_real_invoice_again_is_refused(real: Series) -> None:
    invoice = Invoice.objects.get()
    with pytest.raises(IntegrityError, match="never changed"), transaction.atomic():
        invoice.save()


def test_inserting_over_a_real_invoice_is_refused(real: Series) -> None:
    with pytest.raises(IntegrityError, match="never changed"), transaction.atomic():
        run_sql(
            "INSERT INTO invoices_invoice SELECT * FROM invoices_invoice"
            " ON CONFLICT (id) DO UPDATE SET seller_name = 'Someone Else'"
        )


def test_merging_into_a_real_invoice_is_refused(real: Series) -> None:
    with pytest.raises(IntegrityError, match="never deleted"), transaction.atomic():
        run_sql("MERGE INTO invoices_invoice i USING invoices_series s ON s.id = i.series_id WHEN MATCHED THEN DELETE")


def test_a_real_invoice_is_never_deleted(real: Series) -> None:
    with pytest.raises(IntegrityError, match="never deleted"), transaction.atomic():
        Invoice.objects.all().delete()
    assert Invoice.objects.count() == 1


def test_a_real_one_among_many_of_the_test_kind_keeps_them_all(real: Series, test_series: Series) -> None:
    issue(series_id=test_series.pk, drafts=drafts(100))
    with pytest.raises(IntegrityError, match="never deleted"), transaction.atomic():
        run_sql("DELETE FROM invoices_invoice")
    assert Invoice.objects.count() == 101


def test_a_series_with_invoices_stays(real: Series) -> None:
    with pytest.raises(ProtectedError):
        real.delete()


def test_generated_invoices_do_not_become_real_by_moving(own_series: Series, test_series: Series) -> None:
    issue(series_id=test_series.pk, drafts=drafts(1))
    with pytest.raises(IntegrityError, match="never changed"), transaction.atomic():
        run_sql("UPDATE invoices_invoice SET series_id = %s", own_series.pk)


def test_real_invoices_do_not_become_generated_by_moving(real: Series, test_series: Series) -> None:
    with pytest.raises(IntegrityError, match="never changed"), transaction.atomic():
        run_sql("UPDATE invoices_invoice SET series_id = %s", test_series.pk)


def test_a_generated_invoice_can_be_changed_and_the_totals_move_with_it(test_series: Series) -> None:
    issue(series_id=test_series.pk, drafts=[draft("10.00"), draft("20.00")])
    run_sql("UPDATE invoices_invoice SET subtotal = 100, vat_amount = 15, total_amount = 115 WHERE subtotal = 10")
    assert kept_totals() == {(test_series.pk, "SAR", 2, Decimal(120), Decimal(18), Decimal(138))}


def test_a_generated_invoice_can_be_deleted_and_the_totals_move_with_it(test_series: Series) -> None:
    issue(series_id=test_series.pk, drafts=[draft("10.00"), draft("20.00")])
    run_sql("DELETE FROM invoices_invoice WHERE subtotal = 10")
    assert kept_totals() == {(test_series.pk, "SAR", 1, Decimal(20), Decimal(3), Decimal(23))}


@pytest.mark.parametrize("change", ["kind = 'test'", "kind = 'external'", "prefix = 'NEW'", "feed_id = 'demo'"])
def test_what_a_series_is_never_changes(own_series: Series, change: str) -> None:
    with pytest.raises(IntegrityError, match="never change"), transaction.atomic():
        run_sql(f"UPDATE invoices_series SET {change} WHERE id = %s", own_series.pk)


def test_a_test_series_never_becomes_real(test_series: Series) -> None:
    with pytest.raises(IntegrityError, match="never change"), transaction.atomic():
        run_sql("UPDATE invoices_series SET kind = 'internal' WHERE id = %s", test_series.pk)


def test_numbers_never_go_back(own_series: Series) -> None:
    issue(series_id=own_series.pk, drafts=drafts(5))
    with pytest.raises(IntegrityError, match="never go back from 5 to 4"), transaction.atomic():
        run_sql("UPDATE invoices_series SET last_ordinal = last_ordinal - 1 WHERE id = %s", own_series.pk)


def test_a_real_series_never_closes(own_series: Series) -> None:
    with pytest.raises(IntegrityError, match="only_test_series_close"), transaction.atomic():
        all_series.close(own_series)


def test_a_feed_has_one_open_test_series(test_series: Series) -> None:
    with pytest.raises(IntegrityError, match="one_open_test_series"), transaction.atomic():
        all_series.open_test_series()


def test_disabled_triggers_are_what_it_would_take(real: Series) -> None:
    """The refusals above are the triggers' own: without them the same statement goes through."""
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("ALTER TABLE invoices_invoice DISABLE TRIGGER USER")
        cursor.execute("UPDATE invoices_invoice SET seller_name = 'Someone Else'")
    assert Invoice.objects.get().seller_name == "Someone Else"


def test_an_insert_into_a_real_series_is_counted_too(own_series: Series) -> None:
    insert(row(own_series, 1))
    assert kept_totals() == summed_totals() != set()


def test_errors_of_the_triggers_are_errors_of_the_database(real: Series) -> None:
    with pytest.raises(DatabaseError), transaction.atomic():
        run_sql("DELETE FROM invoices_invoice")

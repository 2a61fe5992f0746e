"""An invoice's series and run exist after any write or delete: enforced per statement, not per row."""

from __future__ import annotations

import contextlib
import threading

import pytest
from django.db import IntegrityError, connection, transaction

from invoices.models import Invoice, Run, Series
from tests.invoices.samples import insert, kept_totals, row, run_sql, summed_totals
from tests.waiting import HANG_SECONDS, wait_for

NO_SUCH = 4711


@pytest.mark.django_db
def test_an_invoice_of_a_run_that_is_not_there_is_refused(test_series: Series) -> None:
    with pytest.raises(IntegrityError, match="a run that exists"), transaction.atomic():
        insert(row(test_series, 1, run_id=NO_SUCH, run_ordinal=1))
    assert kept_totals() == set()


@pytest.mark.django_db
def test_one_unknown_run_among_many_rows_is_refused(test_series: Series, run: Run) -> None:
    insert(row(test_series, 1, run_id=run.pk, run_ordinal=1))
    insert(row(test_series, 2))
    with pytest.raises(IntegrityError, match="a run that exists"), transaction.atomic():
        run_sql("UPDATE invoices_invoice SET run_id = %s, run_ordinal = ordinal WHERE ordinal = 2", NO_SUCH)


@pytest.mark.django_db
def test_an_invoice_of_a_series_that_is_not_there_is_refused(test_series: Series) -> None:
    with transaction.atomic():
        insert(row(test_series, 1, series_id=NO_SUCH))
        with pytest.raises(IntegrityError, match="invoices_totals"), transaction.atomic():
            run_sql("SET CONSTRAINTS ALL IMMEDIATE")
        transaction.set_rollback(True)


@pytest.mark.django_db
def test_a_run_is_never_deleted(run: Run) -> None:
    for statement in ("DELETE FROM invoices_run", "UPDATE invoices_run SET id = id + 1"):
        with pytest.raises(IntegrityError, match="is history"), transaction.atomic():
            run_sql(statement)


@pytest.mark.django_db
def test_a_series_with_invoices_is_not_deleted(test_series: Series) -> None:
    insert(row(test_series, 1))
    run_sql("SET CONSTRAINTS ALL IMMEDIATE")
    run_sql("SET CONSTRAINTS ALL DEFERRED")
    for statement in ("DELETE FROM invoices_series WHERE id = %s", "UPDATE invoices_series SET id = 99 WHERE id = %s"):
        _refuse_without_totals(statement, test_series)


def _refuse_without_totals(statement: str, series: Series) -> None:
    with transaction.atomic():
        run_sql("DELETE FROM invoices_totals")
        with pytest.raises(IntegrityError, match="never"), transaction.atomic():
            run_sql(statement, series.pk)
        transaction.set_rollback(True)


@pytest.mark.django_db
def test_what_invoices_belong_to_is_not_truncated_without_them(test_series: Series) -> None:
    insert(row(test_series, 1))
    run_sql("SET CONSTRAINTS ALL IMMEDIATE")
    for tables in ("invoices_run", "invoices_series, invoices_run, invoices_totals"):
        with pytest.raises(IntegrityError, match="never deleted"), transaction.atomic():
            run_sql(f"TRUNCATE {tables} CASCADE")
    run_sql("TRUNCATE invoices_invoice, invoices_series, invoices_run, invoices_totals CASCADE")


@pytest.mark.django_db(transaction=True)
def test_a_series_does_not_go_under_its_first_invoice() -> None:
    """The one who deletes cannot see the invoice yet: then it is the invoice that is refused, by its totals' key."""
    series = Series.objects.create(prefix="GONE", kind=Series.Kind.TEST, feed_id="live")
    inserted, answers = threading.Event(), list[str]()

    def insert_and_wait() -> None:
        with contextlib.suppress(IntegrityError), transaction.atomic():
            insert(row(series, 1))
            inserted.set()
            wait_for(lambda: answers, "the other to have tried")
        connection.close()

    def delete() -> str:
        try:
            with transaction.atomic():
                run_sql("SET LOCAL lock_timeout = 100")
                run_sql("DELETE FROM invoices_series WHERE id = %s", series.pk)
        except Exception as error:
            return type(error).__name__
        return "deleted"

    other = threading.Thread(target=insert_and_wait)
    other.start()
    assert inserted.wait(HANG_SECONDS)
    answers.append(delete())
    other.join(HANG_SECONDS)
    is_there = Series.objects.filter(pk=series.pk).exists()
    assert is_there == Invoice.objects.filter(series_id=series.pk).exists()
    assert kept_totals() == summed_totals()
    if is_there:
        assert delete() != "deleted"

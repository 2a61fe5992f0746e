"""The totals equal the sums of the invoices after whatever was written, however it was written."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from functools import partial

import pytest
from django.db import connection, transaction
from django.db.models import F
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from invoices import money
from invoices.issue import issue
from invoices.models import Invoice, Series, Totals
from invoices.series import current_test_series
from tests.invoices.samples import VAT_RATE, draft, drafts, insert, kept_totals, row, run_sql, summed_totals
from tests.invoices.threads import at_once

pytestmark = pytest.mark.django_db

CURRENCIES = ["SAR", "EUR", "USD"]
_COPY = (
    "COPY invoices_invoice (series_id, ordinal, invoice_number, invoice_date, seller_name, buyer_name, currency,"
    " vat_rate, subtotal, vat_amount, total_amount) FROM STDIN"
)

cents = st.integers(1, 10**10).map(lambda number: Decimal(number).scaleb(-2))
amounts = st.lists(st.tuples(st.sampled_from(CURRENCIES), cents), min_size=1, max_size=6)


class Book:
    """Two test series that are written to in every way there is."""

    def __init__(self) -> None:
        other = Series.objects.create(prefix="OTHER", kind=Series.Kind.TEST, feed_id="live")
        self.series = [current_test_series(), other]
        self._ordinal = 0

    def rows(self, which: int, amounts: list[tuple[str, Decimal]]) -> list[dict[str, object]]:
        made = []
        for currency, subtotal in amounts:
            self._ordinal += 1
            vat = money.vat_of(subtotal, VAT_RATE)
            made.append(
                row(
                    self.series[which],
                    self._ordinal,
                    currency=currency,
                    subtotal=subtotal,
                    vat_amount=vat,
                    total_amount=subtotal + vat,
                )
            )
        return made

    def save_each(self, which: int, amounts: list[tuple[str, Decimal]]) -> None:
        for values in self.rows(which, amounts):
            Invoice(**values).save()

    def bulk_create(self, which: int, amounts: list[tuple[str, Decimal]]) -> None:
        Invoice.objects.bulk_create(Invoice(**values) for values in self.rows(which, amounts))

    def copy(self, which: int, amounts: list[tuple[str, Decimal]]) -> None:
        with connection.cursor() as cursor, cursor.copy(_COPY) as copy:
            for values in self.rows(which, amounts):
                copy.write_row(list(values.values()))

    def insert_by_hand(self, which: int, amounts: list[tuple[str, Decimal]]) -> None:
        for values in self.rows(which, amounts):
            insert(values)

    def upsert(self, which: int, amounts: list[tuple[str, Decimal]]) -> None:
        """Half of it meets rows that are there: one statement inserts and updates."""
        columns = list(row(self.series[which], 1))
        run_sql(
            f"INSERT INTO invoices_invoice ({', '.join(columns)})"
            " SELECT series_id, ordinal + shift, invoice_number || shift, invoice_date, seller_name,"
            " buyer_name, currency, vat_rate, subtotal, vat_amount, total_amount"
            " FROM invoices_invoice, (VALUES (0), (10000)) AS shifts (shift)"
            " WHERE series_id = %s AND ordinal < 10000"
            " ON CONFLICT (series_id, ordinal) DO UPDATE SET currency = 'EUR', vat_rate = NULL,"
            " total_amount = excluded.subtotal, vat_amount = 0",
            self.series[which].pk,
        )

    def change_money(self, which: int, amounts: list[tuple[str, Decimal]]) -> None:
        Invoice.objects.filter(series=self.series[which], subtotal__lt=10**9).update(
            subtotal=F("subtotal") * 2, vat_rate=None, total_amount=F("subtotal") * 2 + F("vat_amount")
        )

    def change_currency(self, which: int, amounts: list[tuple[str, Decimal]]) -> None:
        Invoice.objects.filter(series=self.series[which]).update(currency=amounts[0][0])

    def move(self, which: int, amounts: list[tuple[str, Decimal]]) -> None:
        Invoice.objects.filter(series=self.series[which]).update(series=self.series[1 - which])

    def delete_some(self, which: int, amounts: list[tuple[str, Decimal]]) -> None:
        run_sql("DELETE FROM invoices_invoice WHERE ordinal %% 3 = %s", len(amounts) % 3)

    def delete_currency(self, which: int, amounts: list[tuple[str, Decimal]]) -> None:
        Invoice.objects.filter(currency=amounts[0][0]).delete()

    def fail(self, which: int, amounts: list[tuple[str, Decimal]]) -> None:
        with transaction.atomic():
            self.bulk_create(which, amounts)
            transaction.set_rollback(True)

    WAYS: list[Callable[[Book, int, list[tuple[str, Decimal]]], None]] = [
        save_each, bulk_create, copy, insert_by_hand, upsert, change_money, change_currency, move, delete_some,
        delete_currency, fail,
    ]  # fmt: skip


writes = st.lists(st.tuples(st.sampled_from(Book.WAYS), st.integers(0, 1), amounts), min_size=1, max_size=10)


@given(writes)
@settings(max_examples=60, suppress_health_check=list(HealthCheck))
def test_totals_are_the_sums_after_any_writes(writes: list[tuple[Callable[..., None], int, list[object]]]) -> None:
    with transaction.atomic():
        book = Book()
        for write, which, amounts in writes:
            write(book, which, amounts)
            assert kept_totals() == summed_totals()
        transaction.set_rollback(True)


@pytest.mark.parametrize("write", Book.WAYS, ids=lambda write: write.__name__)
def test_totals_are_the_sums_after(write: Callable[..., None]) -> None:
    book, some = Book(), [(currency, Decimal("10.10")) for currency in CURRENCIES]
    for which in (0, 1):
        book.bulk_create(which, some)
    write(book, 0, some[:1])
    assert kept_totals() == summed_totals() != set()


def test_currencies_are_never_added_together(test_series: Series) -> None:
    issue(series_id=test_series.pk, drafts=[draft("10.00"), draft("20.00", currency="EUR")])
    found = Totals.objects.order_by("currency").values_list("currency", "invoice_count", "subtotal_amount")
    assert list(found) == [("EUR", 1, Decimal(20)), ("SAR", 1, Decimal(10))]


def test_the_moment_of_change_rises_with_each_write_even_when_the_clock_was_set_back(test_series: Series) -> None:
    issue(series_id=test_series.pk, drafts=[draft()])
    run_sql("UPDATE invoices_totals SET changed_at = changed_at + interval '1 hour'")
    ahead = Totals.objects.get().changed_at
    issue(series_id=test_series.pk, drafts=[draft()])
    assert Totals.objects.get().changed_at > ahead


@pytest.mark.django_db(transaction=True)
def test_a_truncate_empties_the_totals_where_it_is_allowed(test_series: Series) -> None:
    issue(series_id=test_series.pk, drafts=drafts(3))
    run_sql("TRUNCATE invoices_invoice")
    assert (kept_totals(), Totals.objects.count()) == (set(), 0)


@pytest.mark.django_db(transaction=True)
def test_a_truncate_of_several_tables_empties_the_totals_too(test_series: Series) -> None:
    issue(series_id=test_series.pk, drafts=drafts(3))
    run_sql("TRUNCATE invoices_totals, invoices_invoice")
    assert Totals.objects.count() == 0


@pytest.mark.django_db(transaction=True)
def test_writers_of_several_currencies_at_once_never_deadlock(test_series: Series) -> None:
    """They bypass issue() and its lock on the series; the trigger takes the totals' rows in one order for all."""

    def write(writer: int) -> None:
        for turn in range(10):
            order = CURRENCIES if (writer + turn) % 2 else CURRENCIES[::-1]
            first = 1 + 1000 * writer + 10 * turn
            Invoice.objects.bulk_create(
                Invoice(**row(test_series, first + index, currency=currency)) for index, currency in enumerate(order)
            )

    assert at_once(partial(write, writer) for writer in range(6)) == [None] * 6
    assert kept_totals() == summed_totals()
    assert {found[2] for found in kept_totals()} == {60}

"""issue(): numbers, rows, totals and the announcement in one transaction, or nothing of it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone
from decimal import Decimal
from typing import Any

import pytest
from django.db import DataError, IntegrityError, transaction

from invoices import series as all_series
from invoices.issue import BadDraft, issue
from invoices.models import Invoice, Run, Series
from invoices.series import SeriesClosed
from streaming import feed as feeds
from streaming.models import Entry
from tests.invoices.samples import NOON, demo, draft, drafts, kept_totals, ordinals_of, summed_totals

pytestmark = pytest.mark.django_db


def test_one_draft_becomes_one_invoice_with_its_vat_and_total(own_series: Series) -> None:
    issue(series_id=own_series.pk, drafts=[draft("0.30")])
    invoice = Invoice.objects.get()
    assert (invoice.invoice_number, invoice.ordinal) == ("INV-000001", 1)
    assert (invoice.subtotal, invoice.vat_amount, invoice.total_amount) == (
        Decimal("0.30"),
        Decimal("0.05"),
        Decimal("0.35"),
    )
    assert (invoice.invoice_date, invoice.seller_name, invoice.buyer_name) == (NOON, "Nordwind GmbH", "Ocean & Sons")
    assert (invoice.run, invoice.run_ordinal, invoice.currency) == (None, None, "SAR")


def test_numbers_go_on_where_the_issue_before_ended(own_series: Series) -> None:
    first = issue(series_id=own_series.pk, drafts=drafts(3))
    second = issue(series_id=own_series.pk, drafts=drafts(2))
    assert first.numbers + second.numbers == [f"INV-00000{ordinal}" for ordinal in (1, 2, 3, 4, 5)]
    assert (
        list(Invoice.objects.order_by("id").values_list("invoice_number", flat=True)) == first.numbers + second.numbers
    )


def test_numbers_grow_beyond_six_digits(own_series: Series) -> None:
    Series.objects.filter(pk=own_series.pk).update(last_ordinal=999_999)
    assert issue(series_id=own_series.pk, drafts=[draft()]).numbers == ["INV-1000000"]


def test_ten_thousand_are_issued_at_once_in_the_order_of_the_drafts(test_series: Series) -> None:
    given = drafts(10_000)
    issued = issue(series_id=test_series.pk, drafts=given)
    found = Invoice.objects.order_by("id").values_list("ordinal", "subtotal")
    assert list(found) == [(ordinal, each.subtotal) for ordinal, each in enumerate(given, start=1)]
    assert issued.count == 10_000
    assert kept_totals() == summed_totals()


def test_the_buyers_and_sellers_words_arrive_as_they_were_written(own_series: Series) -> None:
    name = 'Straße\t"O\'Neil" \\N \\. ‮ 漢字 \U0001f600 ,;\r\nend'
    issue(series_id=own_series.pk, drafts=[draft(buyer_name=name)])
    assert Invoice.objects.get().buyer_name == name


def test_what_is_issued_is_announced_on_the_feed_of_its_series(test_series: Series, own_series: Series) -> None:
    issue(series_id=test_series.pk, drafts=drafts(3))
    issue(series_id=own_series.pk, drafts=drafts(2))
    issue(series_id=test_series.pk, drafts=drafts(4))
    columns = ("feed_id", "first_position", "count", "source_id", "first_ordinal")
    assert list(Entry.objects.order_by("id").values_list(*columns)) == [
        ("demo", 1, 3, test_series.pk, 1),
        ("live", 1, 2, own_series.pk, 1),
        ("demo", 4, 4, test_series.pk, 4),
    ]


def test_history_is_issued_and_counted_without_being_announced(own_series: Series) -> None:
    issue(series_id=own_series.pk, drafts=drafts(3), announce=False)
    assert not Entry.objects.exists()
    assert feeds.display("live").announced_count == 0
    assert kept_totals() == summed_totals() != set()


def test_a_source_keeps_its_own_numbers_behind_the_prefix_of_its_series(shop_series: Series) -> None:
    issue(series_id=shop_series.pk, drafts=[draft(number="A/17 b"), draft(number="3")])
    found = Invoice.objects.order_by("ordinal").values_list("ordinal", "invoice_number")
    assert list(found) == [(1, "SHOP-A/17 b"), (2, "SHOP-3")]


def test_a_source_that_sends_a_number_twice_is_refused(shop_series: Series) -> None:
    issue(series_id=shop_series.pk, drafts=[draft(number="17")])
    with pytest.raises(IntegrityError), transaction.atomic():
        issue(series_id=shop_series.pk, drafts=[draft(number="18"), draft(number="17")])
    assert ordinals_of(shop_series) == [1]


def test_a_series_of_ours_takes_no_number_from_outside(own_series: Series) -> None:
    with pytest.raises(BadDraft, match="number"):
        issue(series_id=own_series.pk, drafts=[draft(number="17")])
    assert ordinals_of(own_series) == []


def test_a_series_of_a_source_needs_the_number_of_each(shop_series: Series) -> None:
    with pytest.raises(BadDraft, match="number"):
        issue(series_id=shop_series.pk, drafts=[draft(number="17"), draft()])
    assert ordinals_of(shop_series) == []


def test_no_drafts_are_refused(own_series: Series) -> None:
    with pytest.raises(ValueError, match="at least one"):
        issue(series_id=own_series.pk, drafts=[])


def test_a_closed_series_is_refused(test_series: Series) -> None:
    all_series.close(test_series)
    with pytest.raises(SeriesClosed):
        issue(series_id=test_series.pk, drafts=[draft()])
    assert ordinals_of(test_series) == []


def test_an_unknown_series_is_refused() -> None:
    with pytest.raises(SeriesClosed):
        issue(series_id=4711, drafts=[draft()])


WRONG: dict[str, tuple[dict[str, Any], type[Exception]]] = {
    "a subtotal of nothing": ({"subtotal": Decimal("0.00")}, IntegrityError),
    "a negative subtotal": ({"subtotal": Decimal("-1.00")}, IntegrityError),
    "a subtotal that is no number": ({"subtotal": Decimal("NaN")}, BadDraft),
    "a subtotal without end": ({"subtotal": Decimal("Infinity")}, BadDraft),
    "a subtotal with three decimals": ({"subtotal": Decimal("10.005")}, BadDraft),
    "a subtotal of eleven digits": ({"subtotal": Decimal(10**10)}, BadDraft),
    "a total of eleven digits": ({"subtotal": Decimal("9999999999.99")}, DataError),
    "a VAT rate over one": ({"vat_rate": Decimal("1.01")}, IntegrityError),
    "a negative VAT rate": ({"vat_rate": Decimal("-0.15")}, IntegrityError),
    "a VAT rate with seven decimals": ({"vat_rate": Decimal("0.1234567")}, BadDraft),
    "a VAT rate that is no number": ({"vat_rate": Decimal("NaN")}, BadDraft),
    "a currency in small letters": ({"currency": "sar"}, IntegrityError),
    "no currency": ({"currency": ""}, IntegrityError),
    "no seller": ({"seller_name": ""}, IntegrityError),
    "no buyer": ({"buyer_name": ""}, IntegrityError),
    "a name too long": ({"buyer_name": "x" * 256}, DataError),
    "a NUL in a name": ({"buyer_name": "a\0b"}, DataError),
    "an ordinal of no run": ({"run_ordinal": 1}, IntegrityError),
}


@pytest.mark.parametrize(("wrong", "raises"), WRONG.values(), ids=WRONG.keys())
def test_one_bad_draft_among_a_thousand_leaves_nothing_behind(
    own_series: Series, wrong: dict[str, Any], raises: type[Exception]
) -> None:
    issue(series_id=own_series.pk, drafts=[draft()])
    before, announced = kept_totals(), feeds.display("live").announced_count
    given = drafts(1000)
    given[500] = draft(**wrong)
    with pytest.raises(raises), transaction.atomic():
        issue(series_id=own_series.pk, drafts=given)
    own_series.refresh_from_db()
    assert own_series.last_ordinal == 1
    assert ordinals_of(own_series) == [1]
    assert (kept_totals(), feeds.display("live").announced_count) == (before, announced)
    assert issue(series_id=own_series.pk, drafts=[draft()]).numbers == ["INV-000002"]


@pytest.mark.parametrize(("wrong", "raises"), WRONG.values(), ids=WRONG.keys())
def test_one_bad_draft_alone_leaves_nothing_behind(
    own_series: Series, wrong: dict[str, Any], raises: type[Exception]
) -> None:
    with pytest.raises(raises), transaction.atomic():
        issue(series_id=own_series.pk, drafts=[draft(**wrong)])
    assert (ordinals_of(own_series), kept_totals(), feeds.display("live").announced_count) == ([], set(), 0)
    assert issue(series_id=own_series.pk, drafts=[draft()]).numbers == ["INV-000001"]


ALIKE: dict[str, dict[str, Any]] = {
    "as usual": {},
    "of another place and time": {
        "invoice_date": datetime(1999, 12, 31, 23, 59, 59, 5, timezone(timedelta(hours=5.5)))
    },
    "before anybody counted": {"invoice_date": datetime(33, 4, 3, tzinfo=UTC)},
    "free of VAT": {"vat_rate": Decimal(0), "currency": "EUR"},
    "with a comma and a backslash": {"buyer_name": "a, b\\N\t\r\n\\.", "seller_name": "O'Neil \u2028 %s"},
    "rounded half up": {"subtotal": Decimal("0.3")},
}


@pytest.mark.parametrize("changes", ALIKE.values(), ids=ALIKE.keys())
def test_one_alone_becomes_what_it_becomes_among_others(own_series: Series, changes: dict[str, Any]) -> None:
    given = draft(**changes)
    issue(series_id=own_series.pk, drafts=[given])
    issue(series_id=own_series.pk, drafts=[given, given])
    own = ("id", "ordinal", "invoice_number", "created_at")
    alone, *others = [{k: v for k, v in row.items() if k not in own} for row in Invoice.objects.order_by("id").values()]
    assert others == [alone, alone]
    assert alone["invoice_date"] == given.invoice_date
    assert feeds.display("live").announced_count == 3


def test_a_date_without_a_time_zone_is_refused(own_series: Series) -> None:
    naive = draft(invoice_date=NOON.replace(tzinfo=None))
    for given in ([naive], [draft(), naive]):
        with pytest.raises(BadDraft, match="time zone"), transaction.atomic():
            issue(series_id=own_series.pk, drafts=given)
    assert ordinals_of(own_series) == []


def test_a_generated_invoice_names_its_run_and_its_place_in_it(test_series: Series, run: Run) -> None:
    given = [draft(run_ordinal=ordinal) for ordinal in (1, 2)]
    issue(series_id=test_series.pk, drafts=given, run_id=run.pk)
    assert list(Invoice.objects.order_by("id").values_list("run_id", "run_ordinal")) == [(run.pk, 1), (run.pk, 2)]


def test_a_run_issues_each_of_its_ordinals_once(test_series: Series, run: Run) -> None:
    issue(series_id=test_series.pk, drafts=[draft(run_ordinal=1)], run_id=run.pk)
    with pytest.raises(IntegrityError), transaction.atomic():
        issue(series_id=test_series.pk, drafts=[draft(run_ordinal=1)], run_id=run.pk)
    assert demo().announced_count == 1

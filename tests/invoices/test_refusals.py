"""What the database itself refuses to store, whoever asks: told by hand, past every check of ours."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import DataError, IntegrityError, transaction

from invoices.models import Invoice, Run, Series
from tests.invoices.samples import insert, kept_totals, row, run_sql

pytestmark = pytest.mark.django_db


def test_the_row_that_the_refused_ones_are_made_of_is_right(own_series: Series) -> None:
    insert(row(own_series, 1))
    assert Invoice.objects.get().total_amount == 115


REFUSED: dict[str, tuple[dict[str, Any], str]] = {
    "no subtotal to speak of": (
        {"subtotal": "0.00", "vat_amount": "0.00", "total_amount": "0.00"},
        "invoice_subtotal_positive",
    ),
    "a negative subtotal": (
        {"subtotal": "-1.00", "vat_amount": "0.00", "total_amount": "-1.00", "vat_rate": None},
        "invoice_subtotal_positive",
    ),
    "a negative VAT": (
        {"subtotal": "10.00", "vat_amount": "-1.00", "total_amount": "9.00", "vat_rate": None},
        "invoice_vat_not_negative",
    ),
    "a total that is not the sum": ({"total_amount": "115.01"}, "invoice_total_is_sum"),
    "a total one cent short": ({"total_amount": "114.99"}, "invoice_total_is_sum"),
    "a VAT that is not the rate's": ({"vat_amount": "15.01", "total_amount": "115.01"}, "invoice_vat_is_rate"),
    "a VAT that is cut instead of rounded": (
        {"subtotal": "0.10", "vat_amount": "0.01", "total_amount": "0.11"},
        "invoice_vat_is_rate",
    ),
    "a VAT rounded half to even": (
        {"subtotal": "0.30", "vat_amount": "0.04", "total_amount": "0.34"},
        "invoice_vat_is_rate",
    ),
    "a negative VAT rate": (
        {"vat_rate": "-0.01", "vat_amount": "-1.00", "total_amount": "99.00"},
        "invoice_vat_",
    ),
    "a VAT rate over one": ({"vat_rate": "1.01", "vat_amount": "101", "total_amount": "201"}, "invoice_vat_is_rate"),
    "a currency in small letters": ({"currency": "sar"}, "invoice_currency_is_code"),
    "a currency of two letters": ({"currency": "SA"}, "invoice_currency_is_code"),
    "a currency with a line break": ({"currency": "SA\n"}, "invoice_currency_is_code"),
    "no currency": ({"currency": ""}, "invoice_currency_is_code"),
    "no number": ({"invoice_number": ""}, "invoice_parties_are_named"),
    "no seller": ({"seller_name": ""}, "invoice_parties_are_named"),
    "no buyer": ({"buyer_name": ""}, "invoice_parties_are_named"),
    "an ordinal of nought": ({"ordinal": 0}, "invoice_ordinal_counts"),
    "a negative ordinal": ({"ordinal": -1}, "invoice_ordinal_counts"),
    "an ordinal of no run": ({"run_ordinal": 1}, "invoice_run_has_ordinal"),
    "no date": ({"invoice_date": None}, "invoice_date"),
    "no series": ({"series_id": None}, "series_id"),
}


@pytest.mark.parametrize(("wrong", "names"), REFUSED.values(), ids=REFUSED.keys())
def test_the_database_refuses(own_series: Series, wrong: dict[str, Any], names: str) -> None:
    with pytest.raises(IntegrityError, match=names), transaction.atomic():
        insert(row(own_series, 1, **wrong))
    assert kept_totals() == set()


NOT_A_NUMBER = {
    "subtotal": {"subtotal": "NaN", "vat_amount": "NaN", "total_amount": "NaN"},
    "subtotal alone": {"subtotal": "NaN"},
    "VAT": {"vat_amount": "NaN", "total_amount": "NaN"},
    "VAT of several rates": {"vat_amount": "NaN", "total_amount": "NaN", "vat_rate": None},
    "total": {"total_amount": "NaN"},
    "VAT rate": {"vat_rate": "NaN"},
    "VAT rate and its VAT": {"vat_rate": "NaN", "vat_amount": "NaN", "total_amount": "NaN"},
    "everything": {"subtotal": "NaN", "vat_rate": "NaN", "vat_amount": "NaN", "total_amount": "NaN"},
}


@pytest.mark.parametrize("wrong", NOT_A_NUMBER.values(), ids=NOT_A_NUMBER.keys())
def test_the_database_refuses_nan_as(test_series: Series, wrong: dict[str, Any]) -> None:
    """It is above every number there, and one would make every sum NaN for ever."""
    with pytest.raises(IntegrityError), transaction.atomic():
        insert(row(test_series, 1, **wrong))
    insert(row(test_series, 2))
    with pytest.raises(IntegrityError), transaction.atomic():
        run_sql(f"UPDATE invoices_invoice SET {', '.join(f'{column} = %s' for column in wrong)}", *wrong.values())


TOO_LARGE: dict[str, dict[str, Any]] = {
    "a subtotal of eleven digits": {"subtotal": "10000000000"},
    "an infinite subtotal": {"subtotal": "Infinity"},
    "a total of eleven digits": {"subtotal": "9999999999.99", "vat_amount": "1499999999.999", "total_amount": "1e10"},
    "a rate of a thousand": {"vat_rate": "1000"},
    "a number of fifty-one characters": {"invoice_number": "x" * 51},
    "a name of 256 characters": {"seller_name": "x" * 256},
    "a currency of four letters": {"currency": "SARS"},
}


@pytest.mark.parametrize("wrong", TOO_LARGE.values(), ids=TOO_LARGE.keys())
def test_the_database_has_no_room_for(own_series: Series, wrong: dict[str, Any]) -> None:
    with pytest.raises(DataError), transaction.atomic():
        insert(row(own_series, 1, **wrong))


def test_the_largest_invoice_there_can_be_fits(own_series: Series) -> None:
    insert(row(own_series, 1, subtotal="8695652173.90", vat_amount="1304347826.09", total_amount="9999999999.99"))
    assert {found[-1] for found in kept_totals()} == {Invoice.objects.get().total_amount}


def test_a_zero_rated_invoice_fits(own_series: Series) -> None:
    insert(row(own_series, 1, vat_rate="0", vat_amount="0", total_amount="100"))
    assert Invoice.objects.get().vat_amount == 0


def test_an_invoice_of_several_rates_needs_no_single_one(own_series: Series) -> None:
    insert(row(own_series, 1, vat_rate=None, vat_amount="12.34", total_amount="112.34"))
    assert Invoice.objects.get().vat_rate is None


@pytest.mark.parametrize("column", ["ordinal", "invoice_number"])
def test_no_number_is_given_twice(own_series: Series, column: str) -> None:
    first = row(own_series, 1)
    insert(first)
    with pytest.raises(IntegrityError, match="duplicate"), transaction.atomic():
        insert(row(own_series, 2) | {column: first[column]})


def test_a_number_is_given_once_over_all_series(own_series: Series, test_series: Series) -> None:
    insert(row(own_series, 1))
    with pytest.raises(IntegrityError, match="duplicate"), transaction.atomic():
        insert(row(test_series, 1, invoice_number=own_series.number(1)))


@pytest.mark.parametrize("ordinal", [None, 0, -1])
def test_an_invoice_of_a_run_has_its_place_in_it(test_series: Series, run: Run, ordinal: int | None) -> None:
    with pytest.raises(IntegrityError, match="invoice_run_has_ordinal"), transaction.atomic():
        insert(row(test_series, 1, run_id=run.pk, run_ordinal=ordinal))


def test_a_place_in_a_run_is_taken_once(test_series: Series, run: Run) -> None:
    insert(row(test_series, 1, run_id=run.pk, run_ordinal=1))
    with pytest.raises(IntegrityError, match="invoice_run_ordinal_once"), transaction.atomic():
        insert(row(test_series, 2, run_id=run.pk, run_ordinal=1))


RUNS: dict[str, tuple[str, str]] = {
    "a state nobody knows": ("state = 'paused', stopped_at = now(), final_count = 3", "run_state_is_known"),
    "an end without a count": ("state = 'stopped', stopped_at = now()", "ended_run_has_a_count"),
    "an end without a time": ("state = 'completed', final_count = 3", "ended_run_has_a_count"),
}


@pytest.mark.parametrize(("change", "names"), RUNS.values(), ids=RUNS.keys())
def test_the_database_refuses_a_run_with(run: Run, change: str, names: str) -> None:
    with pytest.raises(IntegrityError, match=names), transaction.atomic():
        run_sql(f"UPDATE invoices_run SET {change}")


@pytest.mark.parametrize("state", ["running", "stopping"])
def test_the_database_refuses_a_second_active_run(run: Run, state: str) -> None:
    with pytest.raises(IntegrityError, match="one_active_run"), transaction.atomic():
        run_sql(
            "INSERT INTO invoices_run (series_id, state, rate_per_second, duration_seconds, seed, target_count)"
            " SELECT series_id, %s, rate_per_second, duration_seconds, seed, target_count FROM invoices_run",
            state,
        )


def test_the_database_knows_three_kinds_of_series(db: None) -> None:
    with pytest.raises(IntegrityError, match="series_kind_is_known"), transaction.atomic():
        Series.objects.create(prefix="X", kind="own", feed_id="live")


def test_a_prefix_belongs_to_one_series(own_series: Series) -> None:
    with pytest.raises(IntegrityError, match="duplicate"), transaction.atomic():
        Series.objects.create(prefix="INV", kind="internal", feed_id="live")

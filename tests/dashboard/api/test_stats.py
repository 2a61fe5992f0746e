"""Totals and their history have the form of the contract."""

from __future__ import annotations

import re
from datetime import datetime
from itertools import pairwise

import pytest
from django.db import connection

from invoices.generation.reset import reset
from invoices.issue import issue
from invoices.models import Series
from invoices.series import current_test_series
from tests.dashboard.api.caller import Caller
from tests.invoices.samples import draft

INSTANT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z")


def test_an_empty_feed_has_zeros_and_the_moment_of_its_creation(api: Caller) -> None:
    found = api.get("/stats")
    assert INSTANT.fullmatch(found.pop("as_of"))
    assert found.pop("source") in ("cache", "database")
    assert found == {
        "feed": "demo",
        "currency": "SAR",
        "invoice_count": 0,
        "subtotal_amount": "0.00",
        "vat_amount": "0.00",
        "total_amount": "0.00",
        "average_amount": "0.00",
        "currencies": [],
    }


def test_money_is_text_and_the_average_half_up(api: Caller) -> None:
    issue(series_id=current_test_series().pk, drafts=[draft("100.01"), draft("100.02")])
    found = api.get("/stats", currency="SAR")
    assert found["invoice_count"] == 2
    assert (found["subtotal_amount"], found["vat_amount"], found["total_amount"]) == ("200.03", "30.00", "230.03")
    assert found["average_amount"] == "115.02"


def test_currencies_are_never_added_together(api: Caller) -> None:
    issue(series_id=current_test_series().pk, drafts=[draft("100.00"), draft("7.00", currency="EUR")])
    assert api.get("/stats", currency="EUR")["subtotal_amount"] == "7.00"
    assert api.get("/stats", currency="SAR")["subtotal_amount"] == "100.00"
    assert api.get("/stats", currency="USD")["invoice_count"] == 0


def test_each_feed_has_its_own(api: Caller) -> None:
    issue(series_id=Series.objects.get(prefix="INV").pk, drafts=[draft()])
    assert api.get("/stats", feed="live")["invoice_count"] == 1
    assert api.get("/stats", feed="demo")["invoice_count"] == 0


@pytest.mark.parametrize("currency", ["sar", "SA", "SARS", "", "S\0R", "١٢٣", "SAR\n"])
def test_an_invalid_currency_is_refused(api: Caller, currency: str) -> None:
    assert api.refusal(422, "GET", "/stats", currency=currency)["errors"][0]["field"] == "currency"


@pytest.mark.parametrize("seconds", [1, 60, 3600])
def test_history_has_a_row_for_every_second_oldest_first(api: Caller, seconds: int) -> None:
    issue(series_id=current_test_series().pk, drafts=[draft(), draft()])
    found = api.get("/stats/history", seconds=seconds)
    assert found["feed"] == "demo"
    assert len(found["items"]) == seconds
    moments = [datetime.fromisoformat(row["at"]).timestamp() for row in found["items"]]
    assert {later - earlier for earlier, later in pairwise(moments)} <= {1.0}
    fields = {"at", "issued", "shown", "backlog", "invoice_count", "total_amount", "vat_amount"}
    assert all(set(row) == fields for row in found["items"])
    if seconds > 1:
        assert sum(row["issued"] for row in found["items"]) == 2
    assert found["items"][-1]["backlog"] == 2


def amounts(api: Caller, **query: str) -> list[tuple[int | None, str | None, str | None]]:
    """What of the issued still counts, second by second where anything was issued."""
    items = api.get("/stats/history", seconds=3600, **query)["items"]
    return [(row["invoice_count"], row["total_amount"], row["vat_amount"]) for row in items if row["issued"]]


def test_history_shows_the_issued_amounts(api: Caller) -> None:
    series = current_test_series().pk
    issue(series_id=series, drafts=[draft("100.00"), draft("7.00", currency="EUR")])
    place_entries(60)
    issue(series_id=series, drafts=[draft("0.30")])
    assert amounts(api) == [(1, "115.00", "15.00"), (1, "0.35", "0.05")]
    assert api.get("/stats/history", seconds=30)["items"][0]["total_amount"] == "0.00"
    assert amounts(api, currency="EUR") == [(1, "8.05", "1.05"), (0, "0.00", "0.00")]


def test_history_omits_amounts_that_it_would_have_to_guess(api: Caller, monkeypatch: pytest.MonkeyPatch) -> None:
    series = current_test_series().pk
    issue(series_id=series, drafts=[draft("9.00")])
    place_entries(400)
    issue(series_id=series, drafts=[draft("2.00"), draft("3.00")])
    place_entries(20, than_position=1)
    issue(series_id=series, drafts=[draft("1.00")])
    not_told = (None, None, None)
    assert amounts(api) == [not_told, (2, "5.75", "0.75"), (1, "1.15", "0.15")]
    monkeypatch.setattr("invoices.totals_by_second.INVOICES_AT_MOST", 2)
    assert amounts(api) == [not_told, not_told, (1, "1.15", "0.15")]


def test_history_counts_nothing_that_was_purged(api: Caller) -> None:
    issue(series_id=current_test_series().pk, drafts=[draft("9.00")])
    place_entries(20)
    reset("demo", purge=True)
    issue(series_id=current_test_series().pk, drafts=[draft("1.00")])
    assert amounts(api) == [(0, "0.00", "0.00"), (1, "1.15", "0.15")]


def place_entries(seconds_ago: int, than_position: int = 0) -> None:
    """As if what lies after a position had been announced so long ago."""
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE streaming_entry SET announced_at = announced_at - %s * interval '1 second' WHERE first_position > %s",
            [seconds_ago, than_position],
        )


def test_history_is_of_five_minutes_unless_asked(api: Caller) -> None:
    assert len(api.get("/stats/history")["items"]) == 300


@pytest.mark.parametrize("seconds", ["0", "3601", "-1", "1.5", "x", "", "1e3", "9" * 5000, "NaN"])
def test_a_bad_length_of_history_is_refused(api: Caller, seconds: str) -> None:
    assert api.refusal(422, "GET", "/stats/history", seconds=seconds)["errors"][0]["field"] == "seconds"

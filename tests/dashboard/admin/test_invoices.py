"""Invoices in the admin: search, filters, sums and export work, and nothing can be changed."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import Any

import psycopg
import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from invoices.generation import reset
from invoices.issue import Issued, issue
from invoices.models import Invoice, Series
from invoices.series import current_test_series
from tests.invoices.samples import draft, drafts

LIST = "/admin/invoices/invoice/"

pytestmark = pytest.mark.django_db


def look(client: Client, **query: Any) -> Any:
    """The list that the page shows (Django's `ChangeList`)."""
    answer = client.get(LIST, query)
    assert answer.status_code == 200
    return answer.context["cl"]


def amounts(client: Client, **query: Any) -> list[str]:
    """The subtotals of what the page lists, newest first."""
    return [f"{invoice.subtotal:.0f}" for invoice in look(client, **query).result_list]


def test_the_list_is_newest_first(viewer: Client, store: Issued) -> None:
    assert amounts(viewer) == ["50", "40", "30", "20", "10", "999"]


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("DEMO1-", ["50", "40", "30", "20", "10"]),
        ("demo1-000002", ["20"]),
        ("INV-", ["999"]),
        ("alph", ["40", "30", "10"]),
        ("nord borealis", ["10"]),
        ("söhne", ["10"]),
        ("lpha", []),
        ("50%", ["30"]),
        ("x_", ["40"]),
        ("[nord]", ["10"]),
        ("(((", []),
        ("\\", []),
    ],
)
def test_search_finds_numbers_by_their_beginning_and_parties_by_words(
    viewer: Client, store: Issued, query: str, found: list[str]
) -> None:
    assert amounts(viewer, q=query) == found


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ({"currency": "EUR"}, ["50", "40", "999"]),
        ({"currency": "SAR", "q": "alpha"}, ["30", "10"]),
        ({"total_from": "23.00", "total_to": "46"}, ["40", "30", "20"]),
        ({"total_from": "57.50"}, ["50", "999"]),
        ({"total_to": "11.49"}, []),
        ({"date_from": "2026-11-21", "date_to": "2026-11-21"}, ["50", "40", "30", "20", "10", "999"]),
        ({"date_from": "2026-11-22"}, []),
        ({"date_to": "2026-11-20"}, []),
        ({"date_from": " ", "total_to": ""}, ["50", "40", "30", "20", "10", "999"]),
        ({"run": "1"}, []),
    ],
)
def test_filters_by_currency_amount_date_and_run(
    viewer: Client, store: Issued, query: dict[str, str], found: list[str]
) -> None:
    assert amounts(viewer, **query) == found


def test_filter_by_series(viewer: Client, store: Issued) -> None:
    assert amounts(viewer, series=store.series.pk) == ["50", "40", "30", "20", "10"]


def test_a_day_ends_at_midnight_utc(viewer: Client) -> None:
    moments = (datetime(2026, 3, 1, 23, 59, 59, tzinfo=UTC), datetime(2026, 3, 2, tzinfo=UTC))
    days = [draft(f"{index}.00", invoice_date=moment) for index, moment in enumerate(moments, start=1)]
    issue(series_id=current_test_series().pk, drafts=days)
    assert amounts(viewer, date_to="2026-03-01") == ["1"]
    assert amounts(viewer, date_from="2026-03-02") == ["2"]


@pytest.mark.parametrize(
    "query",
    [
        *({"date_from": value} for value in ("yesterday", "2026-13-01", "0000-01-01", "\0", "10000-01-01")),
        *({"total_to": value} for value in ("abc", "-1", "1e3", "NaN", "1,50", "٣", "9" * 500)),
    ],
)
def test_a_bad_range_is_named_and_finds_nothing(viewer: Client, store: Issued, query: dict[str, str]) -> None:
    answer = viewer.get(LIST, query)
    assert list(answer.context["cl"].result_list) == []
    assert any(" by " in f" {message}".lower() for message in answer.context["messages"])


@pytest.mark.parametrize(
    "query",
    [
        *({"series": value} for value in ("x", "\0", "-1", "9" * 30)),
        *({"currency": value} for value in ("\0", "سار", "X" * 5000)),
        {"run": "1.5"},
        {"before": "x"},
        {"q": "\0"},
        {"p": "999999999999"},
        {"o": "99.-1.x"},
        {"all": "1"},
    ],
)
def test_no_query_breaks_the_list(viewer: Client, store: Issued, query: dict[str, str]) -> None:
    assert viewer.get(LIST, query).status_code == 200


@pytest.mark.parametrize("query", [{"nonsense": "1"}, {"total_amount__gt": "x"}])
def test_an_invalid_lookup_redirects_to_the_whole_list(viewer: Client, query: dict[str, str]) -> None:
    answer = viewer.get(LIST, query)
    assert (answer.status_code, answer["Location"]) == (302, f"{LIST}?e=1")


def test_pages_go_on_by_key_without_a_gap(viewer: Client) -> None:
    issue(series_id=current_test_series().pk, drafts=drafts(230))
    ids: list[int] = []
    query: dict[str, Any] = {}
    for size in (100, 100, 30):
        page = look(viewer, **query)
        ids += [invoice.pk for invoice in page.result_list]
        assert len(page.result_list) == size
        query = {"before": page.next_before}
    assert query == {"before": None}
    assert ids == sorted(Invoice.objects.values_list("pk", flat=True), reverse=True)
    assert "before" not in str(look(viewer, before=ids[99]).newest_link)


def test_pages_of_one_series_go_on_by_key_past_those_of_others(viewer: Client) -> None:
    chosen, other = current_test_series(), Series.objects.get(prefix="INV")
    for count in (60, 1, 130, 20):
        issue(series_id=chosen.pk, drafts=drafts(count))
        issue(series_id=other.pk, drafts=drafts(3))
    ids: list[int] = []
    query: dict[str, Any] = {"series": chosen.pk}
    for size in (100, 100, 11):
        page = look(viewer, **query)
        ids += [invoice.pk for invoice in page.result_list]
        assert len(page.result_list) == size
        query["before"] = page.next_before
    assert query["before"] is None
    assert ids == list(chosen.invoice_set.order_by("-pk").values_list("pk", flat=True))


def test_the_older_page_keeps_the_filters(viewer: Client) -> None:
    issue(series_id=current_test_series().pk, drafts=drafts(101))
    link = look(viewer, currency="SAR", q="nordwind").older_link
    assert "currency=SAR" in link
    assert "q=nordwind" in link
    answer = viewer.get(LIST + link)
    assert len(answer.context["cl"].result_list) == 1


def test_nothing_counts_the_table(viewer: Client, store: Issued) -> None:
    issue(series_id=current_test_series().pk, drafts=drafts(200))
    for query in ({}, {"currency": "SAR"}, {"q": "nord"}, {"series": str(store.series.pk)}):
        with CaptureQueriesContext(
            connection,
        ) as queries:
            look(viewer, **query)
        # OFFSET 0 skips nothing: it keeps the planner from repeating an expression.
        counting = [sql["sql"] for sql in queries if re.search(r"COUNT\(|OFFSET (?!0\b)", sql["sql"].upper())]
        assert counting == []


def test_the_count_is_exact_without_filters_and_about_with_them(viewer: Client, store: Issued) -> None:
    issue(series_id=current_test_series().pk, drafts=drafts(200))
    everything = viewer.get(LIST)
    assert everything.context["cl"].result_count == 206
    assert "about" not in everything.content.decode().split('class="paginator"')[1]
    filtered = viewer.get(LIST, {"currency": "SAR"})
    assert "about" in filtered.content.decode().split('class="paginator"')[1]


def test_totals_of_what_is_filtered_are_added_up_on_request(viewer: Client, store: Issued) -> None:
    assert look(viewer).totals is None
    assert sums(viewer, totals=1) == [("EUR", 3, "1252.35"), ("SAR", 3, "69.00")]
    assert sums(viewer, totals=1, q="alpha") == [("EUR", 1, "46.00"), ("SAR", 2, "46.00")]
    assert sums(viewer, totals=1, total_from="9999") == []
    assert "1252.35" in viewer.get(LIST, {"totals": "1"}).content.decode()


def sums(client: Client, **query: Any) -> list[tuple[str, int, str]]:
    return [(row["currency"], row["counted"], str(row["total_sum"])) for row in look(client, **query).totals]


def test_the_link_to_the_totals_keeps_the_filters(viewer: Client, store: Issued) -> None:
    page = look(viewer, currency="EUR", total_from="50")
    totals = viewer.get(LIST + page.totals_link).context["cl"].totals
    assert [(row["currency"], row["counted"]) for row in totals] == [("EUR", 2)]


def test_purged_invoices_are_not_listed_found_or_shown(viewer: Client, store: Issued) -> None:
    number = store.numbers[0]
    pk = Invoice.objects.get(invoice_number=number).pk
    reset.reset("demo", purge=True)
    assert amounts(viewer) == ["999"]
    assert amounts(viewer, q=number) == []
    assert amounts(viewer, series=store.series.pk) == []
    assert [row[:2] for row in sums(viewer, totals=1)] == [("EUR", 1)]
    assert viewer.get(f"{LIST}{pk}/change/").status_code == 302


def test_an_invoice_can_be_looked_at_and_neither_added_changed_nor_deleted(superuser: Client, store: Issued) -> None:
    invoice = Invoice.objects.get(invoice_number=store.numbers[0])
    shown = superuser.get(f"{LIST}{invoice.pk}/change/")
    assert shown.status_code == 200
    assert "Alpha &amp; Söhne GmbH" in shown.content.decode()
    assert 'name="_save"' not in shown.content.decode()
    assert superuser.get(f"{LIST}add/").status_code == 403
    assert superuser.post(f"{LIST}{invoice.pk}/change/", {"seller_name": "X"}).status_code == 403
    assert superuser.post(f"{LIST}{invoice.pk}/delete/", {"post": "yes"}).status_code == 403
    selection = {"action": "delete_selected", "index": "0", "_selected_action": [invoice.pk], "post": "yes"}
    superuser.post(LIST, selection)
    invoice.refresh_from_db()
    assert invoice.seller_name == "Alpha & Söhne GmbH"


@pytest.mark.django_db(transaction=True)
def test_a_list_that_takes_too_long_is_given_up_and_says_so(
    viewer: Client, store: Issued, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("invoices.admin.changelist.LIST_SECONDS", 0.2)
    with psycopg.connect(**connection.get_connection_params() | {"cursor_factory": psycopg.Cursor}) as other:
        other.execute("LOCK TABLE invoices_invoice IN ACCESS EXCLUSIVE MODE")
        answer = viewer.get(LIST, {"totals": "1", "q": "alpha beta"})
    assert answer.status_code == 200
    assert list(answer.context["cl"].result_list) == []
    assert "took more than 0.2 s" in answer.content.decode()

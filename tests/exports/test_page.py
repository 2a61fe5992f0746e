"""The page of an accountant: it shows the sums of a month and links to its files."""

from __future__ import annotations

import pytest
from django.test import Client
from pytest_django import Settings

from tests.exports.test_journal import at
from tests.invoices.documents.samples import document, issue_one, line

pytestmark = pytest.mark.django_db


@pytest.fixture
def desk(settings: Settings) -> Client:
    settings.INVOICEDASH_OPEN = True
    settings.INVOICEDASH_FEED = "live"
    return Client()


def test_the_page_has_the_sums_of_the_month_and_both_files(desk: Client) -> None:
    issue_one(document(line("1", "1000"), issued_at=at(1)))
    said = desk.get("/exports/?month=2026-10").content.decode()
    for each in (
        "Journal of October 2026", "1,200.00", "/api/journal?month=2026-10&amp;feed=live&amp;format=pdf",
        'name="date_from" value="2026-10-01"', 'name="date_to" value="2026-10-31"', 'type="month" name="month" value="2026-10"',
    ):  # fmt: skip
        assert each in said, each


def test_the_csv_of_the_form_is_answered(desk: Client) -> None:
    query = "feed=live&date_from=2026-10-01&date_to=2026-10-31&rows=vat&separator=semicolon&decimal_mark=comma&bom=true"
    answer = desk.get(f"/api/exports/invoices.csv?{query}")
    assert answer.status_code == 200
    answer.close()


def test_an_empty_month_says_so(desk: Client) -> None:
    assert "Nothing was sold in October 2026" in desk.get("/exports/?month=2026-10").content.decode()


@pytest.mark.parametrize("query", ["month=2026-13", "feed=nowhere"])
def test_what_is_not_there_is_a_404(desk: Client, query: str) -> None:
    assert desk.get(f"/exports/?{query}").status_code == 404

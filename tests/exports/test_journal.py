"""The journal of a month: each day by country, currency, rate and category; its sums are the totals and the books."""

from __future__ import annotations

import csv
import io
import re
from collections import defaultdict
from contextlib import ExitStack
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pypdfium2
import pytest
from django.db.models import Sum
from django.test import Client
from pytest_django import Settings

from exports.journal import pdf
from exports.journal.page import page_of
from exports.journal.read import BadMonth, Item, Month, read_items, read_month, sums_of
from invoices import totals
from invoices.documents.issue import issue_documents
from invoices.documents.types import Party
from invoices.issue import issue
from invoices.models import Series, VatGroup
from invoices.series import current_test_series
from stores.letterhead import PLAIN, Letterhead
from stores.models import Store
from tests.invoices.documents.samples import credit_note, document, issue_one, line
from tests.invoices.samples import drafts

pytestmark = pytest.mark.django_db
OCTOBER = "/api/journal?month=2026-10"
FRANCE = Party(name="Océan SARL", country="FR")
AUSTRIA = Party(name="Müller", country="AT")


@pytest.fixture
def desk(settings: Settings) -> Client:
    settings.INVOICEDASH_OPEN = True
    settings.INVOICEDASH_FEED = "live"
    return Client()


def at(day: int, hour: int = 12, month: int = 10) -> datetime:
    return datetime(2026, month, day, hour, tzinfo=UTC)


@pytest.fixture
def october() -> None:
    first = issue_one(document(line("2", "10"), line("1", "5", "0.1"), buyer=FRANCE, issued_at=at(1)))
    issue_one(document(line("1", "70"), buyer=FRANCE, issued_at=at(1)))
    issue_one(document(line("1", "30"), buyer=AUSTRIA, issued_at=at(2)))
    issue_one(document(line("3", "400", "0.1"), buyer=AUSTRIA, currency="JPY", issued_at=at(2)))
    issue_one(document(line("1", "9"), issued_at=at(1, month=11)))
    issue_one(credit_note(line("1", "10"), corrects=first, reason="Broken", buyer=FRANCE, issued_at=at(3)))


def test_a_month_is_the_contracts_answer(desk: Client, october: None) -> None:
    found = desk.get(OCTOBER).json()
    assert (found["month"], found["timezone"]) == ("2026-10", "UTC")
    assert found["items"][1] == {
        "day": "2026-10-01", "country": "FR", "currency": "EUR", "vat_rate": "0.20", "vat_category": "S",
        "documents": 2, "net": "90.00", "vat": "18.00", "total": "108.00",
    }  # fmt: skip
    assert [(item["day"], item["country"], item["currency"], item["vat_rate"], item["total"]) for item in found["items"]] == [
        ("2026-10-01", "FR", "EUR", "0.10", "5.50"),
        ("2026-10-01", "FR", "EUR", "0.20", "108.00"),
        ("2026-10-02", "AT", "EUR", "0.20", "36.00"),
        ("2026-10-02", "AT", "JPY", "0.10", "1320.00"),
        ("2026-10-03", "FR", "EUR", "0.20", "-12.00"),
    ]  # fmt: skip


def test_the_months_add_up_to_the_totals_and_to_the_books(desk: Client, october: None) -> None:
    sums: defaultdict[str, list[Decimal]] = defaultdict(lambda: [Decimal(0)] * 3)
    for month in ("2026-10", "2026-11"):
        for item in desk.get(f"/api/journal?month={month}").json()["items"]:
            amounts = (Decimal(item[name]) for name in ("net", "vat", "total"))
            sums[item["currency"]] = [old + new for old, new in zip(sums[item["currency"]], amounts, strict=True)]
    stats = {each["currency"]: each for each in totals.read("live")["currencies"]}
    names = ("subtotal_amount", "vat_amount", "total_amount")
    assert {code: [f"{amount:.2f}" for amount in amounts] for code, amounts in sums.items()} == {
        code: [each[name] for name in names] for code, each in stats.items()
    }
    signs = {"invoice": 1, "credit_note": -1}
    books = VatGroup.objects.filter(invoice__currency="EUR").values_list("invoice__kind").annotate(Sum("vat"))
    assert sum(signs[kind] * vat for kind, vat in books) == sums["EUR"][1]


def test_a_day_is_that_of_the_document_in_the_zone_of_its_store(desk: Client) -> None:
    Store.objects.filter(slug="main").update(timezone="Asia/Riyadh")
    series = Series.objects.create(prefix="B", kind="internal", feed_id="live", timezone="Asia/Riyadh")
    late = document(line("1", "10"), issued_at=at(30, 22, month=9))
    issue_documents(series_id=series.pk, documents=[late], announce=False)
    found = desk.get(OCTOBER).json()
    assert (found["timezone"], [item["day"] for item in found["items"]]) == ("Asia/Riyadh", ["2026-10-01"])
    assert desk.get("/api/journal?month=2026-09").json()["items"] == []


def test_generated_invoices_are_in_the_journal_of_the_demonstration_alone(desk: Client) -> None:
    issue(series_id=current_test_series().pk, drafts=drafts(3, invoice_date=at(5)))
    [item] = desk.get(f"{OCTOBER}&feed=demo").json()["items"]
    assert (item["country"], item["documents"]) == ("", 3)
    assert desk.get(OCTOBER).json()["items"] == []


def test_purchases_are_no_sales(desk: Client) -> None:
    series = Series.objects.create(prefix="BUY", kind="purchase", feed_id="live")
    issue_documents(series_id=series.pk, documents=[document(issued_at=at(4))], announce=False)
    assert desk.get(OCTOBER).json()["items"] == []


def test_the_csv_has_the_decimals_of_each_currency(desk: Client, october: None) -> None:
    answer = desk.get(f"{OCTOBER}&format=csv&separator=semicolon&decimal_mark=comma&bom=true")
    assert answer["Content-Disposition"] == 'attachment; filename="journal-live-2026-10.csv"'
    rows = list(csv.DictReader(io.StringIO(answer.content.decode("utf-8-sig"), newline=""), delimiter=";"))
    assert [row["total"] for row in rows] == ["5,50", "108,00", "36,00", "1320", "-12,00"]
    assert (rows[0]["vat_rate"], rows[0]["day"]) == ("0,10", "2026-10-01")


def test_pdfs_beyond_those_that_may_be_made_at_once_are_refused(desk: Client) -> None:
    with ExitStack() as others:
        for _ in range(pdf.AT_ONCE):
            others.enter_context(pdf._typesetting)
        answer = desk.get(f"{OCTOBER}&format=pdf")
    assert (answer.status_code, "try again" in answer.json()["detail"]) == (503, True)
    assert desk.get(f"{OCTOBER}&format=csv").status_code == 200


def test_the_pdf_says_the_same(desk: Client, october: None) -> None:
    answer = desk.get(f"{OCTOBER}&format=pdf")
    assert answer["Content-Type"] == "application/pdf"
    pages = [page.get_textpage().get_text_range() for page in pypdfium2.PdfDocument(answer.content)]
    said = re.sub(r"\s+", " ", " ".join(pages))
    for each in (
        "Journal of sales, October 2026",
        "Sums of the month",
        "108.00 EUR",
        "1,320 JPY",
        "\N{MINUS SIGN}12.00 EUR",
        "page 1 of 1",
    ):
        assert each in said, each


@pytest.mark.parametrize("query", ["month=2026-13", "month=2026-1", "month=october", "", "month=2026-10&format=xml"])
def test_what_is_not_a_month_is_refused(desk: Client, query: str) -> None:
    assert desk.get(f"/api/journal?{query}").status_code == 422


def test_the_bounds_of_months() -> None:
    assert (read_month("2024-02").first, read_month("2024-02").end) == (date(2024, 2, 1), date(2024, 3, 1))
    assert read_month("2025-12").end == date(2026, 1, 1)
    with pytest.raises(BadMonth, match="2026-10"):
        read_month("0000-01")


def item(day: int, **changes: Any) -> Item:
    values: dict[str, Any] = {
        "country": "DE", "currency": "EUR", "rate": Decimal("0.19"), "category": "S", "documents": 1,
        "net": Decimal("10.00"), "vat": Decimal("1.90"),
    }  # fmt: skip
    return Item(day=date(2026, 10, day), **values | changes)


def test_the_sums_of_the_month_are_by_currency_country_and_rate() -> None:
    found = sums_of([item(1), item(2), item(2, country="AT"), item(3, net=Decimal(-5), vat=Decimal("-0.95"))])
    assert [(each.country, each.documents, each.total) for each in found] == [
        ("AT", 1, Decimal("11.90")),
        ("DE", 3, Decimal("17.85")),
    ]


def test_an_empty_month_says_so_in_the_language_of_the_store() -> None:
    month = Month(first=date(2026, 10, 1))
    page = page_of([], month, title="Nord", zone="UTC", letterhead=Letterhead(language="de"))
    assert page["title"] == "Verkaufsjournal, Oktober 2026"
    assert page["nothing"] == "In diesem Monat wurde nichts verkauft."
    assert page_of([item(1)], month, title="Nord", zone="UTC", letterhead=PLAIN)["days"]["rows"][0][:3] == [
        "1",
        "DE",
        "19\N{NO-BREAK SPACE}%",
    ]
    assert read_items("live", month, "UTC") == []

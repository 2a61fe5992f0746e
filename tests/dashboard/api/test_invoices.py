"""Invoices by page and by number."""

from __future__ import annotations

from base64 import urlsafe_b64encode
from datetime import UTC, datetime
from typing import Any
from urllib.parse import quote

import pytest

from invoices.issue import issue
from invoices.models import Series
from invoices.series import current_test_series
from tests.dashboard.api.caller import Caller, Json
from tests.invoices.samples import draft, drafts

INVOICE = {
    "id", "invoice_number", "invoice_date", "seller_name", "buyer_name", "currency", "vat_rate", "subtotal",
    "vat_amount", "total_amount", "kind", "printed_number",
}  # fmt: skip


def base64_of(text: str) -> str:
    return urlsafe_b64encode(text.encode()).decode().rstrip("=")


def issue_demo(count: int, **changes: Any) -> list[str]:
    return issue(series_id=current_test_series().pk, drafts=drafts(count, **changes)).numbers


def numbers(page: Json) -> list[str]:
    return [invoice["invoice_number"] for invoice in page["items"]]


def test_an_invoice_has_the_fields_of_the_contract(api: Caller) -> None:
    [number] = issue_demo(1)
    found = api.get(f"/invoices/{number}")
    assert set(found) > INVOICE
    assert (found["vat_rate"], found["subtotal"], found["vat_amount"], found["total_amount"]) == (
        "0.15", "1.00", "0.15", "1.15",
    )  # fmt: skip
    assert found["invoice_date"] == "2026-11-21T12:00:00.000000Z"
    [item] = api.get("/invoices")["items"]
    assert set(item) == INVOICE
    assert item.items() <= found.items()


def test_pages_go_back_in_issue_order_to_the_first(api: Caller) -> None:
    issued = issue_demo(45)
    seen: list[str] = []
    cursor: dict[str, str] = {}
    for size in (20, 20, 5):
        page = api.get("/invoices", **cursor)
        assert len(page["items"]) == size
        seen += numbers(page)
        cursor = {"cursor": page["next"]}
    assert cursor == {"cursor": None}
    assert seen == issued[::-1]


def test_a_page_that_ends_with_the_first_invoice_has_no_next(api: Caller) -> None:
    issue_demo(20)
    assert api.get("/invoices", limit=20)["next"] is None


@pytest.mark.parametrize("limit", [1, 7, 200])
def test_limit_says_how_many(api: Caller, limit: int) -> None:
    issue_demo(201)
    page = api.get("/invoices", limit=limit)
    assert len(page["items"]) == limit
    assert page["next"]


@pytest.mark.parametrize("limit", ["0", "201", "-1", "1.5", "x", "", "1e2", "9" * 5000, "\0", "true"])
def test_a_bad_limit_is_422(api: Caller, limit: str) -> None:
    assert api.refusal(422, "GET", "/invoices", limit=limit)["errors"][0]["field"] == "limit"


@pytest.mark.parametrize("cursor", ["x", "-1", "1.5", "", "9" * 19, "9" * 5000, "\0", "\u0661", "1 ", "1\n"])
def test_a_bad_cursor_is_422(api: Caller, cursor: str) -> None:
    assert api.refusal(422, "GET", "/invoices", cursor=cursor)["errors"][0]["field"] == "cursor"


def test_pages_come_sorted_when_asked(api: Caller) -> None:
    series = current_test_series().pk
    issue(series_id=series, drafts=[draft(amount) for amount in ("2.00", "9.00", "5.00")])
    page = api.get("/invoices", sort="-total_amount", limit=2)
    rest = api.get("/invoices", sort="-total_amount", limit=2, cursor=page["next"])
    assert [item["subtotal"] for item in page["items"] + rest["items"]] == ["9.00", "5.00", "2.00"]
    assert rest["next"] is None


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ({"sort": "buyer_name"}, "sort"), ({"sort": ""}, "sort"), ({"sort": "--total_amount"}, "sort"),
        ({"sort": "total_amount", "q": "nord"}, "sort"), ({"sort": "total_amount", "before": "DEMO1-000001"}, "sort"),
        ({"sort": "total_amount", "cursor": "12"}, "cursor"), ({"sort": "invoice_date", "cursor": "x" * 900}, "cursor"),
        ({"sort": "invoice_number", "cursor": base64_of('["invoice_number","\\u0000",1]')}, "cursor"),
        ({"sort": "invoice_number", "cursor": base64_of('["invoice_number","\\ud800",1]')}, "cursor"),
        ({"sort": "total_amount", "cursor": base64_of('["total_amount","NaN",1]')}, "cursor"),
        ({"sort": "total_amount", "cursor": base64_of('["total_amount","1.00",true]')}, "cursor"),
        ({"sort": "invoice_date", "cursor": base64_of('["invoice_date","2026-11-21",1]')}, "cursor"),
        ({"sort": "invoice_date", "cursor": base64_of('["invoice_date","0001-01-01T00:00:00+23:59",1]')}, "cursor"),
        ({"sort": "invoice_date", "cursor": base64_of("[" * 300)}, "cursor"),
    ],
)  # fmt: skip
def test_a_bad_order_is_422(api: Caller, query: dict[str, Any], field: str) -> None:
    issue_demo(1)
    assert api.refusal(422, "GET", "/invoices", **query)["errors"][0]["field"] == field


def test_before_gives_those_issued_before_that_one(api: Caller) -> None:
    issued = issue_demo(5)
    assert numbers(api.get("/invoices", before=issued[3])) == [issued[2], issued[1], issued[0]]
    assert numbers(api.get("/invoices", before=issued[0])) == []
    page = api.get("/invoices", before=issued[4], limit=2)
    assert numbers(api.get("/invoices", before=issued[4], cursor=page["next"])) == [issued[1], issued[0]]


def test_before_an_invoice_that_is_not_on_the_feed_is_404(api: Caller) -> None:
    [number] = issue_demo(1)
    api.refusal(404, "GET", "/invoices", before="DEMO1-999999")
    api.refusal(404, "GET", "/invoices", before=number, feed="live")


def test_until_jumps_to_a_day(api: Caller) -> None:
    series = current_test_series()
    days = [datetime(2026, 1, day, 23, 59, tzinfo=UTC) for day in (3, 4, 9)] + [datetime(1970, 1, 1, tzinfo=UTC)]
    issued = issue(series_id=series.pk, drafts=[draft(invoice_date=day) for day in days]).numbers
    assert numbers(api.get("/invoices", until="2026-01-09")) == issued[2::-1]
    assert numbers(api.get("/invoices", until="2026-01-04")) == issued[1::-1]
    assert numbers(api.get("/invoices", until="2026-01-08", limit=1)) == [issued[1]]
    assert numbers(api.get("/invoices", until="1969-12-31")) == numbers(api.get("/invoices", until="0001-01-01")) == []
    assert api.refusal(422, "GET", "/invoices", until="yesterday")["errors"][0]["field"] == "until"
    assert api.refusal(422, "GET", "/invoices", until="2026-01-09", sort="invoice_date")["errors"][0]["field"] == "sort"


@pytest.mark.parametrize("name", ["before", "q"])
def test_a_text_with_nul_or_without_end_is_422(api: Caller, name: str) -> None:
    for text in ("a\0b", "x" * 201):
        query: dict[str, Any] = {name: text}
        assert api.refusal(422, "GET", "/invoices", **query)["errors"][0]["field"] == name


@pytest.mark.parametrize(
    ("query", "count"),
    [
        ("DEMO1-0000", 3), ("demo1-000002", 1), ("000002", 1), ("nord", 3), ("OCEAN nordwind", 3), ("cean", 0),
        ("& sons", 3), (".*", 0), ("%", 0), ("_", 0), ("(", 0), ("\\", 0), ("[", 0), ("  ", 3), ("", 3), ("ñ", 3), ("ж", 0),
        ("' OR 1=1 --", 0), ("nord " * 39, 3),
    ],
)  # fmt: skip
def test_search_is_by_number_or_by_words(api: Caller, query: str, count: int) -> None:
    issue_demo(3)
    assert len(api.get("/invoices", q=query)["items"]) == count


def test_search_goes_on_over_pages(api: Caller) -> None:
    issued = issue_demo(3, seller_name="Rare Ltd")
    issue_demo(30)
    page = api.get("/invoices", q="rare", limit=2)
    rest = api.get("/invoices", q="rare", limit=2, cursor=page["next"])
    assert numbers(page) + numbers(rest) == issued[::-1]


@pytest.mark.parametrize(
    "number",
    ["A/B", "A B", "2026/11/0001", "R#7", "50%", "Ü-1", "a?b=c", "..", "a/../b", "日本", "a+b", "%41", "x/", "//"],
)
def test_numbers_of_others_are_percent_encoded_in_the_path(api: Caller, number: str) -> None:
    shop = Series.objects.create(prefix="SHOP", kind="external", feed_id="live")
    issue(series_id=shop.pk, drafts=[draft(number=number)])
    found = api.get(f"/invoices/{quote(f'SHOP-{number}', safe='')}")
    assert api.status == 200
    assert found["invoice_number"] == f"SHOP-{number}"


@pytest.mark.parametrize("number", ["DEMO1-999999", "x", "%00", "%ff", "%ED%A0%80", "a%2Fb", "x" * 200, "%20"])
def test_an_unknown_number_is_404(api: Caller, number: str) -> None:
    found = api.call("GET", f"/invoices/{number}")
    assert api.status in (404, 422), found
    assert (api.status == 422) == (number == "%00")

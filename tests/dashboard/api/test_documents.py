"""Documents posted and read: `POST /api/invoices`, one or many, and `GET /api/invoices/{number}`."""

from __future__ import annotations

import json
from typing import Any
from urllib.parse import quote

import pytest

from invoices.documents.issue import issue_documents
from invoices.models import Invoice, Series
from streaming.feed import display
from tests.dashboard.api.caller import PROBLEM, Caller, check
from tests.invoices.documents.samples import document
from web import idempotency
from web.models import IdempotencyKey

LINE = {"description": "Mug", "quantity": "2", "unit_price": "50.00", "vat_rate": "0.2"}
ONE: dict[str, Any] = {
    "currency": "EUR",
    "seller": {"name": "Nordwind GmbH"},
    "buyer": {"name": "Ocean & Sons"},
    "lines": [LINE],
}


def one(**changes: Any) -> dict[str, Any]:
    return ONE | changes


def keyed(api: Caller, key: str, body: Any) -> dict[str, Any]:
    """Post with an Idempotency-Key."""
    answer = api.client.post(
        "/api/invoices", json.dumps(body), content_type="application/json", headers={"Idempotency-Key": key}
    )
    api.status, api.headers = answer.status_code, dict(answer.headers)
    found: dict[str, Any] = json.loads(answer.content)
    check(api.status, api.headers["Content-Type"], found)
    return found


def test_a_posted_invoice_is_issued_and_counted_and_announced(api: Caller) -> None:
    found = api.post("/invoices", one())
    assert api.status == 201
    assert (found["invoice_number"], found["kind"], found["total_amount"]) == ("INV-000001", "invoice", "120.00")
    assert api.get("/stats", feed="live", currency="EUR")["total_amount"] == "120.00"
    assert display("live").announced_count == 1
    assert api.get("/invoices", feed="live")["items"][0]["invoice_number"] == "INV-000001"


def test_what_was_posted_is_read_in_full(api: Caller) -> None:
    lines = [
        LINE,
        {"description": "Postage", "quantity": -1, "unit_price": 1.005, "vat_rate": 0, "product_code": "POST"},
    ]
    buyer = {"name": "Ocean & Sons", "street": "Kai 1", "city": "Kiel", "postcode": "24103", "country": "DE"}
    posted = one(
        lines=lines, buyer=buyer, due_date="2026-12-24", invoice_date="2026-11-27T10:00:00.5+01:00", external_id="42",
        note="Thank you", total_amount="118.99",
    )  # fmt: skip
    found = api.get(f"/invoices/{api.post('/invoices', posted)['invoice_number']}")
    assert found["lines"] == [
        {"position": 1, "description": "Mug", "product_code": "", "quantity": "2", "unit_price": "50.00",
         "vat_rate": "0.20", "net": "100.00", "vat_category": "S", "exemption_reason": "", "allowances": []},
        {"position": 2, "description": "Postage", "product_code": "POST", "quantity": "-1", "unit_price": "1.005",
         "vat_rate": "0.00", "net": "-1.01", "vat_category": "Z", "exemption_reason": "", "allowances": []},
    ]  # fmt: skip
    assert found["vat_groups"] == [
        {"rate": "0.00", "category": "Z", "net": "-1.01", "vat": "0.00", "reason": "", "vat_rate": "0.00", "vat_amount": "0.00"},
        {"rate": "0.20", "category": "S", "net": "100.00", "vat": "20.00", "reason": "", "vat_rate": "0.20",
         "vat_amount": "20.00"},
    ]  # fmt: skip
    assert (found["invoice_day"], found["payable_amount"], found["printed_number"]) == (
        "2026-11-27",
        "118.99",
        "INV-000001",
    )
    assert (found["vat_rate"], found["subtotal"], found["total_amount"]) == (None, "98.99", "118.99")
    assert (found["invoice_date"], found["due_date"]) == ("2026-11-27T09:00:00.500000Z", "2026-12-24")
    assert (found["source"], found["external_id"], found["note"], found["series"]) == ("api", "42", "Thank you", "INV")
    assert found["buyer"] == buyer | {
        "vat_id": "", "email": "", "external_id": "", "street2": "", "region": "", "registration": "",
        "electronic_address": None, "contact": None,
    }  # fmt: skip


def test_what_an_e_invoice_lacks_is_said_while_its_number_is_unspent(api: Caller) -> None:
    found = api.post("/invoices", one(e_invoice=True))
    assert api.status == 422
    assert [each["field"] for each in found["errors"]] == ["seller.country", "seller.vat_id", "buyer.country"]
    assert "BR-09" in found["errors"][0]["message"]
    assert not Invoice.objects.exists()
    seller, buyer = ONE["seller"] | {"country": "DE", "vat_id": "DE123456789"}, ONE["buyer"] | {"country": "DE"}
    whole = api.post("/invoices", one(e_invoice=True, seller=seller, buyer=buyer))
    assert (api.status, whole["invoice_number"]) == (201, "INV-000001")


def test_what_a_profile_lacks_is_said_while_its_number_is_unspent(api: Caller) -> None:
    seller, buyer = ONE["seller"] | {"country": "DE", "vat_id": "DE123456789"}, ONE["buyer"] | {"country": "DE"}
    found = api.post("/invoices", one(profile="peppol", seller=seller, buyer=buyer))
    assert api.status == 422
    assert [(each["field"], each["rule"]) for each in found["errors"]] == [
        ("seller.electronic_address", "PEPPOL-EN16931-R020"),
        ("buyer.electronic_address", "PEPPOL-EN16931-R010"),
        ("buyer_reference", "PEPPOL-EN16931-R003"),
    ]
    assert not Invoice.objects.exists()


def test_terms_without_a_field_of_their_own_are_kept(api: Caller) -> None:
    terms = {"BT-12": "C-1", "BG-25": {"1": {"BT-130": "HUR"}}, "BG-4": {"biz_name": "Nordwind"}}
    number = api.post("/invoices", one(terms=terms))["invoice_number"]
    assert api.get(f"/invoices/{number}")["terms"] == terms
    refusal = api.post("/invoices", one(terms={"BT-115": "1.00"}))
    assert (api.status, refusal["errors"][0]["field"]) == (422, "terms.BT-115")


def test_a_credit_note_is_subtracted_and_shown_with_its_invoice(api: Caller) -> None:
    number = api.post("/invoices", one())["invoice_number"]
    note = api.post("/invoices", one(kind="credit_note", corrects=number, lines=[LINE | {"quantity": "1"}]))
    assert (note["invoice_number"], note["corrects"], note["total_amount"]) == ("CN-000001", number, "60.00")
    found = api.get(f"/invoices/{number}")
    assert [each["invoice_number"] for each in found["credit_notes"]] == ["CN-000001"]
    assert found["credited_amount"] == "60.00"
    stats = api.get("/stats", feed="live", currency="EUR")
    assert (stats["invoice_count"], stats["total_amount"]) == (1, "60.00")
    refusal = api.post("/invoices", one(kind="credit_note", corrects=number))
    assert (api.status, refusal["errors"][0]["field"]) == (422, "corrects")
    assert "60.00 that is left" in refusal["detail"]


def test_a_source_keeps_its_own_numbers(api: Caller) -> None:
    posted = api.post("/invoices", one(series="SHOP", number="2026/7"))
    assert posted["invoice_number"] == "SHOP-2026/7"
    assert api.get("/invoices/SHOP-2026%2F7")["id"] == posted["id"]
    assert Series.objects.get(prefix="SHOP").kind == "external"
    again = api.post("/invoices", one(series="SHOP", number="2026/7"))
    assert (api.status, again["detail"]) == (409, "number: SHOP-2026/7 was issued already; a number is given once.")


def test_a_number_that_just_fits_is_issued(api: Caller) -> None:
    posted = api.post("/invoices", one(series="SHOP", number="7" * 45))
    assert (api.status, len(posted["invoice_number"])) == (201, 50)


def test_numbers_that_look_equal_are_one_number(api: Caller) -> None:
    posted = api.post("/invoices", one(series="SHOP", number="Cafe\u0301-1", external_id="e\u0301"))
    assert (posted["invoice_number"], posted["external_id"]) == ("SHOP-Caf\u00e9-1", "\u00e9")
    assert api.post("/invoices", one(series="SHOP", number="Caf\u00e9-1"))["detail"].startswith("number: ")
    assert api.status == 409
    for written in ("Caf\u00e9-1", "Cafe\u0301-1"):
        assert api.get(f"/invoices/SHOP-{quote(written)}")["id"] == posted["id"]
        note = api.post(
            "/invoices", one(kind="credit_note", corrects=f"SHOP-{written}", lines=[LINE | {"quantity": "1"}])
        )
        assert (api.status, note["corrects"]) == (201, "SHOP-Caf\u00e9-1")


def test_a_number_issued_before_numbers_were_normalized_is_found(api: Caller) -> None:
    number = "SHOP-Cafe\u0301-1"
    series = Series.objects.create(prefix="SHOP", kind="external", feed_id="live")
    issue_documents(series_id=series.pk, documents=[document(number="Cafe\u0301-1")])
    assert api.get(f"/invoices/{quote(number)}")["invoice_number"] == number
    note = api.post("/invoices", one(kind="credit_note", corrects=number, lines=[LINE | {"quantity": "1"}]))
    assert (api.status, note["corrects"]) == (201, number)


def test_a_number_of_mixed_scripts_is_issued_with_a_warning(api: Caller) -> None:
    posted = api.post("/invoices", one(series="SHOP", number="\u0410-1B"))
    assert api.status == 201
    [warning] = posted["warnings"]
    assert warning["field"] == "number"
    assert "CYRILLIC and LATIN" in warning["message"]
    batch = api.post(
        "/invoices", {"invoices": [one(series="SHOP", number="\u0410-2B"), one(series="SHOP", number="3")]}
    )
    assert ["warnings" in item for item in batch["items"]] == [True, False]


def test_a_number_may_end_like_a_file_and_each_document_has_its_addresses(api: Caller) -> None:
    plain, like_a_file = (api.post("/invoices", one(series="SHOP", number=number)) for number in ("7", "7.pdf"))
    assert api.get("/invoices/SHOP-7")["id"] == plain["id"]
    assert api.get("/invoices/SHOP-7.pdf")["id"] == like_a_file["id"]
    for address in ("SHOP-7?rendition=ubl", "SHOP-7.pdf?rendition=pdf", "SHOP-7.pdf.pdf", "SHOP-7.pdf.xml"):
        answer = api.client.get(f"/api/invoices/{address}")
        assert answer.status_code in (202, 422), (address, answer.content)
    api.refusal(404, "GET", "/invoices/SHOP-8.pdf")


def test_a_generated_invoice_has_a_line_of_its_subtotal(api: Caller) -> None:
    from invoices.issue import issue
    from invoices.series import current_test_series
    from tests.invoices.samples import draft

    [number] = issue(series_id=current_test_series().pk, drafts=[draft()]).numbers
    found = api.get(f"/invoices/{number}")
    assert [(each["quantity"], each["net"]) for each in found["lines"]] == [("1", "100.00")]
    [group] = found["vat_groups"]
    assert (group["rate"], group["category"], group["net"], group["vat"]) == ("0.15", "S", "100.00", "15.00")


BAD: dict[str, tuple[Any, str]] = {
    "no body of fields": ([], "body"),
    "an unknown field": (one(color="red"), "color"),
    "an unknown field of a line": (one(lines=[LINE | {"net": "1"}]), "lines.0.net"),
    "no seller": ({key: value for key, value in ONE.items() if key != "seller"}, "seller"),
    "an empty name": (one(buyer={"name": " "}), "buyer.name"),
    "no lines": (one(lines=[]), "lines"),
    "a word for a number": (one(lines=[LINE | {"quantity": "two"}]), "lines.0.quantity"),
    "true for a number": (one(lines=[LINE | {"quantity": True}]), "lines.0.quantity"),
    "seven decimals": (one(lines=[LINE | {"quantity": "1.0000001"}]), "lines.0.quantity"),
    "a huge number": (one(lines=[LINE | {"quantity": "9" * 30}]), "lines.0.quantity"),
    "thousands of digits": (one(lines=[LINE | {"unit_price": int("9" * 4000)}]), "lines.0.unit_price"),
    "a huge exponent": (one(lines=[LINE | {"unit_price": "1e999"}]), "lines.0.unit_price"),
    "NaN": (one(lines=[LINE | {"unit_price": "NaN"}]), "lines.0.unit_price"),
    "a price below zero": (one(lines=[LINE | {"unit_price": "-1"}]), "lines.0.unit_price"),
    "a rate of 20": (one(lines=[LINE | {"vat_rate": 20}]), "lines.0.vat_rate"),
    "a sum of zero": (one(lines=[LINE | {"quantity": 0}]), "lines"),
    "another total": (one(total_amount="120.02"), "total_amount"),
    "a currency with three decimals": (one(currency="KWD"), "currency"),
    "a time without a zone": (one(invoice_date="2026-11-27T10:00:00"), "invoice_date"),
    "seconds since 1970": (one(invoice_date=1795000000), "invoice_date"),
    "the first of days": (one(invoice_date="0001-01-01T00:00:00+14:00"), "invoice_date"),
    "the 30th of February": (one(due_date="2026-02-30"), "due_date"),
    "a NUL": (one(note="a\0b"), "note"),
    "half a character": (one(note="\ud800"), "note"),
    "a number without a series": (one(number="7"), "series"),
    "a series that makes no numbers": (one(series="SHOP"), "series"),
    "a number for our own series": (one(series="INV", number="7"), "series"),
    "the prefix of generated ones": (one(series="DEMO2", number="7"), "series"),
    "a correction by an invoice": (one(corrects="INV-000001"), "corrects"),
    "a credit note without a reason": (one(kind="credit_note"), "reason"),
    "a correction of nothing": (one(kind="credit_note", corrects="INV-000009"), "corrects"),
    "an unknown kind": (one(kind="receipt"), "kind"),
    "a number that does not fit behind its series": (one(series="S" * 20, number="7" * 48), "number"),
    "one character more than fits": (one(series="SHOP", number="7" * 46), "number"),
    "a zero-width space in a number": (one(series="SHOP", number="7\u200b"), "number"),
    "an override of the direction": (one(buyer={"name": "Ocean \u202eevil"}), "buyer.name"),
    "a hidden character in a line": (one(lines=[LINE | {"description": "M\u2060ug"}]), "lines.0.description"),
    "a batch of nothing": ({"invoices": []}, "invoices"),
    "a batch too large": ({"invoices": [ONE] * 1001}, "invoices"),
    "a batch with more": ({"invoices": [ONE], "dry": True}, "dry"),
}


@pytest.mark.parametrize(("body", "field"), BAD.values(), ids=BAD)
def test_what_cannot_be_issued_is_422_and_names_the_field(api: Caller, body: Any, field: str) -> None:
    text = json.dumps(body) if "digits" not in str(field) else ""
    found = api.refusal(422, "POST", "/invoices", text.encode())
    assert [error["field"] for error in found["errors"]][:1] == [field], found
    assert not Invoice.objects.exists()
    assert not Series.objects.exclude(prefix__in=["DEMO1", "INV", "CN"]).exists()


@pytest.mark.parametrize("body", [b"{", b'{"a": NaN}', b"\xff", b"[" * 100_000, b""])
def test_a_body_that_is_not_json_is_400(api: Caller, body: bytes) -> None:
    api.refusal(400 if body else 422, "POST", "/invoices", body)


def test_numbers_are_exact_however_they_are_written(api: Caller) -> None:
    line = '{"description": "x", "quantity": 1000000.000001, "unit_price": 4503.599627, "vat_rate": 1e-1}'
    body = json.dumps(one(lines=["LINE"])).replace('"LINE"', line).encode()
    found = api.call("POST", "/invoices", body)
    assert api.status == 201, found
    assert (found["lines"][0]["quantity"], found["lines"][0]["unit_price"]) == ("1000000.000001", "4503.599627")
    assert (found["subtotal"], found["vat_amount"]) == ("4503599627.00", "450359962.70")


def test_a_batch_has_an_answer_for_each_and_issues_the_good_ones(api: Caller) -> None:
    invoices = [
        one(external_id="a"),
        one(lines=[]),
        one(external_id="a"),
        one(series="SHOP", number="1"),
        one(series="SHOP-CN", number="1", kind="credit_note", corrects="SHOP-1", lines=[LINE | {"quantity": 1}]),
        one(series="SHOP-CN", number="2", kind="credit_note", corrects="SHOP-1", lines=[LINE | {"quantity": 2}]),
        one(series="SHOP", number="2", kind="credit_note", reason="goodwill"),
        7,
    ]
    found = api.post("/invoices", {"invoices": invoices})
    assert (api.status, found["issued"], found["refused"]) == (200, 3, 5)
    assert [item["status"] for item in found["items"]] == [201, 422, 409, 201, 201, 422, 422, 422]
    assert [item["invoice"]["invoice_number"] for item in found["items"] if item["status"] == 201] == [
        "INV-000001", "SHOP-1", "SHOP-CN-1",
    ]  # fmt: skip
    assert [item["problem"]["errors"][0]["field"] for item in found["items"] if item["status"] != 201] == [
        "lines", "external_id", "corrects", "series", "body",
    ]  # fmt: skip
    assert Invoice.objects.count() == display("live").announced_count == 3
    assert api.get("/stats", feed="live", currency="EUR")["total_amount"] == "180.00"


def test_a_thousand_are_issued_at_once(api: Caller) -> None:
    found = api.post("/invoices", {"invoices": [ONE] * 1000})
    assert (found["issued"], found["items"][-1]["invoice"]["invoice_number"]) == (1000, "INV-001000")


def test_the_same_request_with_its_key_is_done_once(api: Caller) -> None:
    first = keyed(api, "k1", ONE)
    assert (api.status, "Idempotent-Replayed" in api.headers) == (201, False)
    assert keyed(api, "k1", ONE) == first
    assert (api.status, api.headers["Idempotent-Replayed"]) == (201, "true")
    assert keyed(api, "k2", ONE)["invoice_number"] == "INV-000002"
    batch = keyed(api, "k3", {"invoices": [ONE, one(lines=[])]})
    assert keyed(api, "k3", {"invoices": [ONE, one(lines=[])]}) == batch
    assert Invoice.objects.count() == 3


def test_a_key_with_another_body_is_409(api: Caller) -> None:
    keyed(api, "k1", ONE)
    refusal = keyed(api, "k1", one(note="another"))
    assert (api.status, Invoice.objects.count()) == (409, 1)
    assert "another body" in refusal["detail"]


def test_a_request_that_was_refused_keeps_no_key(api: Caller) -> None:
    keyed(api, "k1", one(lines=[]))
    assert api.status == 422
    assert keyed(api, "k1", ONE)["invoice_number"] == "INV-000001"


@pytest.mark.parametrize("key", ["", "a b", "é", "x" * 256])
def test_a_key_that_is_none_is_422(api: Caller, key: str) -> None:
    assert keyed(api, key, ONE)["errors"][0]["field"].lower() == "idempotency-key"
    assert api.status == 422


def test_keys_are_kept_for_a_day(api: Caller) -> None:
    keyed(api, "k1", ONE)
    keyed(api, "k2", ONE)
    IdempotencyKey.objects.filter(key="k1").update(created_at="2026-01-01T00:00:00Z")
    assert keyed(api, "k1", ONE)["invoice_number"] == "INV-000003"
    IdempotencyKey.objects.filter(key="k1").update(created_at="2026-01-01T00:00:00Z")
    assert idempotency.forget_expired() == 1
    assert list(IdempotencyKey.objects.values_list("key", flat=True)) == ["k2"]


def test_a_problem_is_a_problem_document(api: Caller) -> None:
    api.post("/invoices", one(currency="XXX"))
    assert (api.status, api.headers["Content-Type"]) == (422, PROBLEM)

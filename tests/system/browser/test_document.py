"""The panel of a real invoice: its lines, VAT by rate, its credit notes, and the links between them."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import expect

from tests.system.browser.desk import Desk, Product

LINES = [
    {"description": "Mug", "product_code": "M1", "quantity": 2, "unit_price": "4.155", "vat_rate": "0.15"},
    {"description": "Book", "quantity": 1, "unit_price": "12.00", "vat_rate": "0"},
]


def post(product: Product, **more: Any) -> str:
    body = {"seller": {"name": "Nordwind"}, "buyer": {"name": "Ocean & Sons"}, "lines": LINES} | more
    return str(product.post("/api/invoices", body)["invoice_number"])


def test_the_panel_shows_what_a_document_says(product: Product, open_desk: Callable[..., Desk]) -> None:
    invoice = post(product, due_date="2026-12-24", note="Thank you")
    note = post(product, kind="credit_note", corrects=invoice, lines=LINES[:1])
    desk = open_desk(f"/?feed=live&invoice={invoice}")
    panel = desk.page.locator("[data-detail]")
    expect(panel.get_by_role("table", name="Lines").get_by_role("row")).to_have_count(3)
    expect(panel.get_by_role("row", name="Mug")).to_contain_text("8.31")
    expect(panel.get_by_role("table", name="VAT by rate").get_by_role("row")).to_have_count(3)
    expect(panel).to_contain_text("2026-12-24")
    expect(panel).to_contain_text("Thank you")
    panel.get_by_role("link", name=note).click()
    expect(panel.get_by_role("heading", level=2)).to_have_text(note)
    panel.get_by_role("link", name=invoice).click()
    expect(panel.get_by_role("heading", level=2)).to_have_text(invoice)


def rich_document() -> dict[str, Any]:
    """Something of every field that a document may have."""
    party = {
        "country": "DE", "vat_id": "DE123456789", "street": "Weg 1", "street2": "Hof 2", "postcode": "50667", "city": "Cologne",
        "region": "NRW", "registration": "HRB 1", "electronic_address": {"scheme": "0088", "value": "4012345000009"},
        "contact": {"name": "Ada", "phone": "+49 221 1", "email": "ada@nordwind.example"},
    }  # fmt: skip
    exempt = {"vat_rate": "0", "vat_category": "E", "exemption_reason": "Article 132"}
    return {
        "seller": {"name": "Nordwind", **party}, "buyer": {"name": "Ocean", **party}, "invoice_date": "2150-01-01T00:00:00Z",
        "lines": [LINES[0] | {"allowances": [{"amount": "1", "reason": "Scratched"}]}, LINES[1] | exempt],
        "allowances": [{"amount": "2", "vat_rate": "0.15", "reason": "Loyal customer"}],
        "charges": [{"amount": "4.90", "vat_rate": "0.15", "reason": "Shipping"}],
        "prepaid_amount": "10", "rounding_amount": "0.02",
        "payment": {"means_code": "58", "reference": "RF18", "terms": "Net 14 days", "iban": "DE89370400440532013000"},
        "delivery": {"date": "2026-11-20", "name": "Ocean depot", "street2": "Quai 4", "city": "Paris", "country": "FR"},
        "buyer_reference": "0401-77", "order_reference": "PO-77", "preceding": [{"number": "OLD-1", "date": "2026-01-02"}],
        "profile": "peppol", "series": "PANEL", "number": str(uuid.uuid4()), "accept": ["future-date"],
    }  # fmt: skip


SAID = (
    "Scratched -1.00", "0% E", "Article 132", "Loyal customer", "-2.00", "Shipping", "4.90", "10.00", "0.02", "SEPA transfer",
    "RF18", "Net 14 days", "DE89 3704 0044 0532 0130 00", "2026-11-20", "Ocean depot", "Quai 4", "0401-77", "PO-77",
    "OLD-1 of 2026-01-02", "peppol", "Hof 2", "NRW", "HRB 1", "0088:4012345000009", "Ada", "+49 221 1", "2150-01-01",
    "a date in the future",
)  # fmt: skip


@pytest.mark.parametrize("width", [390, 1440])
def test_the_panel_has_each_field_of_a_document(product: Product, open_desk: Callable[..., Desk], width: int) -> None:
    body = rich_document()
    number = post(product, **body)
    desk = open_desk(f"/?feed=live&invoice={number}", viewport={"width": width, "height": 900})
    panel = desk.page.locator("[data-detail]")
    expect(panel.get_by_role("table", name="Allowances and charges")).to_be_visible()
    text = panel.inner_text()
    assert [said for said in (*SAID, body["number"]) if said not in text] == []
    assert panel.evaluate("panel => panel.scrollWidth <= panel.clientWidth")


def test_the_panel_saves_the_document_as_pdf_and_as_an_e_invoice(
    product: Product, open_desk: Callable[..., Desk]
) -> None:
    seller = {"name": "Nordwind", "country": "DE", "vat_id": "DE123456789"}
    number = post(product, seller=seller, buyer={"name": "Ocean & Sons", "country": "DE"}, due_date="2026-12-24")
    desk = open_desk(f"/?feed=live&invoice={number}")
    panel = desk.page.locator("[data-detail]")
    for button, name, begins in (
        ("PDF", f"{number}.pdf", b"%PDF"),
        ("XML (UBL)", f"{number}-ubl.xml", b"<?xml"),
        ("XML (CII)", f"{number}-cii.xml", b"<?xml"),
    ):
        with desk.page.expect_download() as download:
            panel.get_by_role("button", name=button).click()
        assert download.value.suggested_filename == name
        assert download.value.path().read_bytes().startswith(begins)


def test_a_refused_e_invoice_says_what_the_document_lacks(product: Product, open_desk: Callable[..., Desk]) -> None:
    desk = open_desk(f"/?feed=live&invoice={post(product)}")
    panel = desk.page.locator("[data-detail]")
    panel.get_by_role("button", name="XML (UBL)").click()
    expect(panel.get_by_role("alert")).to_contain_text("is not a valid e-invoice (EN 16931)")

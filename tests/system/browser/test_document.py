"""The panel of a real invoice: its lines, VAT by rate, its credit notes, and the links between them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

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

"""The page of imports: a shop owner imports a workbook with German headings, and corrects what was held."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from tests.imports.files import German, workbook
from tests.stack import Stack
from tests.system.browser.axe import violations
from tests.system.browser.desk import Desk

WRONG: tuple[Any, ...] = ("WIDTH-3", "03.03.2026", "Café Süd", "Tee", "zwei", 3.1, 0.07)


def rows_for(width: int) -> list[tuple[Any, ...]]:
    """Rows with numbers of their own for each width: the product keeps what it has issued."""
    return [(f"{width}-{number}", *rest) for number, *rest in [*German.ROWS, WRONG]]


def check(page: Page) -> None:
    assert violations(page) == []
    assert not page.evaluate("document.documentElement.scrollWidth > innerWidth")


@pytest.mark.parametrize(("width", "scheme"), [(390, "dark"), (1440, "light")])
def test_a_workbook_is_understood_imported_and_corrected(
    open_desk: Callable[..., Desk], open_context: Callable[..., BrowserContext], tmp_path: Path, width: int, scheme: str
) -> None:
    path = workbook(tmp_path / "Rechnungen.xlsx", German.HEADER, rows_for(width), title="Rechnungsausgang")
    context = open_context(viewport={"width": width, "height": 844}, color_scheme=scheme)
    page = open_desk("/imports/", context=context).page
    check(page)
    page.get_by_test_id("import-file").set_input_files(path)
    seller = page.get_by_label("Seller on the invoices")
    expect(page.get_by_test_id("import-detected")).to_contain_text("Excel workbook · 7 columns · 4 rows")
    expect(page.get_by_label("Unit price")).to_have_value("Einzelpreis (netto)")
    seller.fill("Nordwind GmbH")
    page.get_by_label("Currency, where the file has none").select_option("EUR")
    page.get_by_label("Currency, where the file has none").blur()
    expect(page.get_by_test_id("import-documents").locator("tbody tr")).to_have_count(2)
    expect(page.get_by_test_id("import-held-preview")).to_contain_text("Menge: 'zwei' is not a number")
    expect(page.locator('[data-preview][aria-busy="false"]')).to_have_count(1)
    check(page)
    page.get_by_test_id("import-submit").click()
    expect(page.get_by_test_id("import-progress")).to_contain_text("2 documents issued, 1 held back")
    held = page.get_by_test_id("import-held").locator("form")
    expect(held).to_have_count(1)
    check(page)
    held.get_by_label("Menge").fill("2")
    held.get_by_role("button", name="Try again").press("Enter")
    expect(held).to_contain_text(re.compile(rf"Issued as SHOP-{width}-WIDTH-3"))


def test_import_right_after_the_last_field_works_at_the_first_click(
    open_desk: Callable[..., Desk], tmp_path: Path
) -> None:
    path = tmp_path / "sales.csv"
    path.write_text("Number;Date;Customer;Item;Unit price;VAT %;Currency\nFIRST-1;2026-10-03;Ada;Mug;12,50;19;EUR\n")
    page = open_desk("/imports/").page
    page.get_by_test_id("import-file").set_input_files(path)
    expect(page.get_by_test_id("import-detected")).to_be_visible()
    page.get_by_label("Seller on the invoices").fill("Nordwind GmbH")
    page.get_by_test_id("import-submit").click()
    expect(page.get_by_test_id("import-progress")).to_contain_text("1 document issued")


def test_a_file_that_cannot_be_read_says_what_it_is_and_what_to_do(
    open_desk: Callable[..., Desk], stack: Stack, tmp_path: Path
) -> None:
    path = tmp_path / "scan.pdf"
    path.write_bytes(b"%PDF-1.7\n")
    page = open_desk("/imports/").page
    page.get_by_test_id("import-file").set_input_files(path)
    expect(page.get_by_test_id("import-error")).to_contain_text("scan.pdf is refused: the PDF cannot be read")
    check(page)

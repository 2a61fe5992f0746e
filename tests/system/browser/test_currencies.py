"""Every currency of a feed is on the dashboard and on the wall, and a reader can choose which one the cards show."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime

import pytest
from playwright.sync_api import expect

from tests.system.browser.desk import Desk, Product
from tests.system.browser.layout import faults
from tests.waiting import wait_for

OpenDesk = Callable[..., Desk]


def post(product: Product, currency: str, price: str, rate: str = "0.2") -> None:
    """Post an invoice, and wait until the totals have it: they may be a second old."""
    posted_after = datetime.now(UTC).isoformat()
    line = {"description": "Mug", "quantity": 1, "unit_price": price, "vat_rate": rate}
    product.post(
        "/api/invoices",
        {"currency": currency, "seller": {"name": "Nordwind"}, "buyer": {"name": "Ocean & Sons"}, "lines": [line]},
    )
    wait_for(lambda: product.get("/api/stats", feed="live", currency=currency)["as_of"] > posted_after, "the totals")


@pytest.fixture
def several(product: Product) -> Product:
    """A live feed with euros, pounds and yen; other tests of the same product may have added more."""
    for currency, price in (("EUR", "100"), ("GBP", "10"), ("JPY", "1200")):
        post(product, currency, price)
    return product


def total(product: Product, currency: str) -> str:
    amount: str = product.get("/api/stats", feed="live", currency=currency)["total_amount"]
    return f"{float(amount):,.0f}" if currency == "JPY" else f"{float(amount):,.2f}"


@pytest.mark.parametrize("path", ["/", "/wall/"])
def test_the_reader_chooses_a_currency(open_desk: OpenDesk, several: Product, path: str) -> None:
    desk = open_desk(f"{path}?feed=live")
    choice = desk.see("currency")
    options = choice.locator("option")
    wait_for(lambda: {"EUR", "GBP", "JPY"} <= set(options.all_inner_texts()), "the currencies to choose from")
    for currency in ("GBP", "JPY", "EUR"):
        choice.select_option(currency)
        expect(desk.see("stat-total")).to_have_text(total(several, currency))
    assert "currency=EUR" in desk.page.url
    desk.page.reload()
    expect(desk.see("stat-total")).to_have_text(total(several, "EUR"))
    expect(choice).to_have_value("EUR")


@pytest.mark.parametrize("path", ["/", "/wall/"])
def test_the_other_currencies_are_shown_beside(open_desk: OpenDesk, several: Product, path: str) -> None:
    desk = open_desk(f"{path}?feed=live&currency=EUR")
    others = desk.page.locator(".other-currencies")
    expect(others).to_contain_text(f"{total(several, 'GBP')} GBP")
    expect(others).to_contain_text(f"{total(several, 'JPY')} JPY")
    desk.expect_connection("Connected")
    post(several, "GBP", "5")
    expect(others).to_contain_text(f"{total(several, 'GBP')} GBP")


def test_the_walls_privacy_mode_masks_the_other_currencies(open_desk: OpenDesk, several: Product) -> None:
    wall = open_desk("/wall/?feed=live&currency=EUR&privacy=1")
    others = wall.page.locator(".other-currencies")
    expect(others).to_contain_text("•••••• GBP")
    wall.page.get_by_role("button", name="Privacy").click()
    expect(others).to_contain_text(f"{total(several, 'GBP')} GBP")


def test_a_row_names_its_currency(open_desk: OpenDesk, several: Product) -> None:
    desk = open_desk("/?feed=live")
    post(several, "JPY", "999", "0.1")
    expect(desk.rows.first).to_contain_text("1,099 JPY")


@pytest.mark.parametrize(("width", "height"), [(360, 740), (390, 844), (1024, 768), (1440, 900)])
def test_nothing_is_cut_off_with_several_currencies(
    open_desk: OpenDesk, several: Product, width: int, height: int
) -> None:
    desk = open_desk("/?feed=live", viewport={"width": width, "height": height})
    expect(desk.page.locator(".other-currencies")).to_be_visible()
    # Other tests post numbers of any length.
    assert faults(desk.page, in_rows=False) == []

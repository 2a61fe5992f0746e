"""Finding and reading one invoice: search, side panel, addresses, keyboard."""

from __future__ import annotations

import json
from collections.abc import Callable

from playwright.sync_api import BrowserContext, expect

from tests.system.browser.axe import violations
from tests.system.browser.desk import Desk, Product
from tests.system.browser.firehose import Firehose
from tests.waiting import wait_for

OpenDesk = Callable[..., Desk]


def test_a_row_opens_the_invoice_under_an_address_of_its_own(reader: Desk, library: Product) -> None:
    number = reader.numbers()[3]
    reader.rows.nth(3).click()
    panel = reader.page.get_by_role("complementary")
    expect(panel.get_by_role("heading", name=number)).to_be_visible()
    invoice = library.get(f"/api/invoices/{number}")
    expect(panel).to_contain_text(invoice["seller_name"])
    assert invoice["total_amount"] in panel.inner_text().replace(",", "")
    reader.page.reload()
    expect(panel.get_by_role("heading", name=number)).to_be_visible()
    reader.page.keyboard.press("Escape")
    expect(panel).to_be_hidden()
    assert "invoice=" not in reader.page.url


def test_back_and_forward_close_and_open_the_panel(reader: Desk) -> None:
    reader.rows.nth(0).click()
    panel = reader.page.get_by_role("complementary")
    expect(panel).to_be_visible()
    reader.page.go_back()
    expect(panel).to_be_hidden()
    reader.page.go_forward()
    expect(panel).to_be_visible()


def test_an_invoice_that_does_not_exist_is_reported_in_words(open_desk: OpenDesk, library: Product) -> None:
    desk = open_desk("/?feed=demo&invoice=NO-SUCH-1")
    expect(desk.page.get_by_role("complementary")).to_contain_text("No invoice has the number")


def test_the_panel_copies_number_link_and_json(open_desk: OpenDesk, library: Product) -> None:
    desk = open_desk(permissions=["clipboard-read", "clipboard-write"])
    desk.expect_rows(50)
    desk.rows.nth(1).click()
    number = desk.numbers()[1]
    read = "navigator.clipboard.readText()"
    desk.page.get_by_role("button", name="Copy number").click()
    wait_for(lambda: desk.page.evaluate(read) == number, "the number")
    desk.page.get_by_role("button", name="Copy JSON").click()
    wait_for(lambda: desk.page.evaluate(read).startswith("{"), "the JSON")
    assert json.loads(desk.page.evaluate(read))["invoice_number"] == number


def test_search_finds_by_number_and_by_the_words_of_a_party_as_one_types(reader: Desk, library: Product) -> None:
    item = library.get("/api/invoices", limit=60)["items"][12]
    search = reader.page.get_by_role("searchbox")
    search.press_sequentially(item["invoice_number"], delay=10)
    reader.expect_rows(1)
    assert reader.numbers() == [item["invoice_number"]]
    search.fill(item["buyer_name"].split()[0][:4].lower())
    expect(reader.page.locator(f'[data-invoice-number="{item["invoice_number"]}"]')).to_be_visible()
    search.fill("zzzzzz")
    expect(reader.page.get_by_text("No invoice matches.")).to_be_visible()
    reader.page.keyboard.press("Escape")
    reader.expect_rows(50)
    assert reader.seqs()


def test_everything_is_reached_by_keyboard(reader: Desk) -> None:
    numbers = reader.numbers()
    press = reader.page.keyboard.press
    press("j")
    press("j")
    press("k")
    press("j")
    expect(reader.page.locator(".is-chosen")).to_have_attribute("data-invoice-number", numbers[1])
    press("Enter")
    panel = reader.page.get_by_role("complementary")
    expect(panel.get_by_role("heading", name=numbers[1])).to_be_focused()
    press("j")
    expect(panel.get_by_role("heading", name=numbers[2])).to_be_visible()
    press("Escape")
    expect(panel).to_be_hidden()
    press("/")
    expect(reader.page.get_by_role("searchbox")).to_be_focused()
    press("Escape")
    press("?")
    expect(reader.page.get_by_role("dialog", name="Keyboard")).to_be_visible()
    press("Escape")
    expect(reader.page.get_by_role("dialog", name="Keyboard")).to_be_hidden()


def test_shortcuts_can_be_switched_off(reader: Desk) -> None:
    reader.page.keyboard.press("?")
    reader.page.get_by_role("checkbox", name="Single-key shortcuts are on").uncheck()
    reader.page.keyboard.press("Escape")
    reader.page.keyboard.press("j")
    expect(reader.page.locator(".is-chosen")).to_have_count(0)
    reader.page.reload()
    reader.page.keyboard.press("j")
    expect(reader.page.locator(".is-chosen")).to_have_count(0)


def test_keys_typed_into_a_field_are_text(reader: Desk) -> None:
    reader.page.get_by_role("searchbox").press_sequentially("jk?")
    expect(reader.page.get_by_role("searchbox")).to_have_value("jk?")
    expect(reader.page.get_by_role("dialog", name="Keyboard")).to_be_hidden()


def test_times_and_money_are_formatted_for_the_reader(open_desk: OpenDesk, library: Product) -> None:
    desk = open_desk(timezone_id="Asia/Riyadh", locale="de-DE")
    item = library.get("/api/invoices", limit=1)["items"][0]
    hour = (int(item["invoice_date"][11:13]) + 3) % 24
    time = desk.rows.first.locator("time")
    expect(time).to_contain_text(f"{hour:02}:{item['invoice_date'][14:16]}")
    assert item["invoice_date"][11:23] in (time.get_attribute("title") or "")
    expected = library.stats()["total_amount"].replace(".", ",")
    wait_for(lambda: desk.see("stat-total").inner_text().replace(".", "") == expected, "the total")


def test_density_and_theme_are_remembered(open_desk: OpenDesk, library: Product) -> None:
    desk = open_desk(color_scheme="light")
    height = desk.page.evaluate(
        "getComputedStyle(document.querySelector('[data-testid=grid]')).getPropertyValue('--row-height')"
    )
    desk.page.get_by_role("button", name="Compact").click()
    desk.page.get_by_role("button", name="Dark").click()
    desk.page.reload()
    assert desk.page.evaluate("getComputedStyle(document.documentElement).colorScheme") == "dark"
    compact = desk.page.evaluate(
        "getComputedStyle(document.querySelector('[data-testid=grid]')).getPropertyValue('--row-height')"
    )
    assert compact != height
    expect(desk.page.get_by_role("button", name="Dark")).to_have_attribute("aria-pressed", "true")


def test_the_live_feed_is_empty_and_cannot_be_started(open_desk: OpenDesk, library: Product) -> None:
    library.api.post("/api/control/reset", params={"feed": "live"}).raise_for_status()
    desk = open_desk()
    expect(desk.page.get_by_text("Demo data")).to_be_visible()
    desk.page.get_by_role("link", name="Live").click()
    expect(desk.page.get_by_text("Demo data")).to_be_hidden()
    desk.expect_rows(0)
    expect(desk.start).to_be_disabled()
    expect(desk.page.get_by_text("runs belong to the demo feed")).to_be_visible()


def test_an_unknown_feed_is_a_page_that_says_so(open_desk: OpenDesk, library: Product) -> None:
    desk = open_desk("/?feed=nonsense")
    expect(desk.page.get_by_role("heading", name="Page not found")).to_be_visible()


def test_sparklines_and_chart_are_there_after_a_reload(reader: Desk) -> None:
    reader.page.reload()
    spark = reader.page.locator('[data-spark="count"] .spark-line')
    wait_for(lambda: spark.get_attribute("d"), "a sparkline")
    expect(reader.page.locator("[data-chart-box] canvas")).to_be_visible()


def test_a_credit_note_says_what_it_is_and_takes_away(
    open_desk: OpenDesk, open_context: Callable[..., BrowserContext], library: Product
) -> None:
    context = open_context()
    hose = Firehose(context)
    desk = open_desk(context=context)
    hose.send_hello(desk.page)
    hose.send_row(desk.page, kind="credit_note", subtotal="1000.00", vat_amount="150.00", total_amount="1150.00")
    note = desk.rows.first
    expect(note.get_by_text("Credit note")).to_be_visible()
    expect(note).to_contain_text("-1,150.00")
    assert violations(desk.page) == []
    note.click()
    panel = desk.page.get_by_role("complementary")
    expect(panel).to_contain_text("-1,150.00 SAR")
    expect(panel.get_by_text("Credit note")).to_be_visible()

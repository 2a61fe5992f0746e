"""The revenue page: figures with their proof, and everything that a reader does with them, on one product for the file."""

from __future__ import annotations

import csv
import itertools
from collections.abc import Callable, Iterator
from io import StringIO
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlparse

import httpx
import pytest
from playwright.sync_api import Locator, Page, Route, expect

from tests.stack import Stack
from tests.system.browser.axe import violations
from tests.system.browser.desk import Desk
from tests.system.browser.layout import faults
from tests.waiting import HANG_SECONDS, wait_for

OpenDesk = Callable[..., Desk]
pytestmark = pytest.mark.timeout(900)
MARCH = "/analytics/?from=2026-03-01&to=2026-03-31"
METRICS = "**/api/v1/analytics/metrics?*"
# Day, currency, product, quantity, price. SAR: 20 + 100 + 30 - 10 = 140, of which mugs 40. EUR: 50.
SALES = (
    ("2026-03-02", "SAR", "MUG", 2, "10.00"),
    ("2026-03-03", "SAR", "LAMP", 1, "100.00"),
    ("2026-03-03", "EUR", "LAMP", 1, "50.00"),
    ("2026-03-05", "SAR", "MUG", 3, "10.00"),
)
REFUND = ("2026-03-06", "SAR", "MUG", 1, "10.00")


def document(sale: tuple[str, str, str, int, str], **more: Any) -> dict[str, Any]:
    day, currency, code, quantity, price = sale
    line = {"description": code, "product_code": code, "quantity": quantity, "unit_price": price, "vat_rate": "0.15"}
    buyer = {"name": "Ocean & Sons", "external_id": "1"}
    return {
        "invoice_date": f"{day}T10:00:00Z",
        "currency": currency,
        "seller": {"name": "Nordwind GmbH"},
        "buyer": buyer,
        "lines": [line],
        **more,
    }


def post(stack: Stack, *documents: dict[str, Any]) -> None:
    answer = httpx.post(f"{stack.url}/api/invoices", json={"invoices": documents}, timeout=HANG_SECONDS)
    assert answer.json()["refused"] == 0, answer.text


@pytest.fixture(scope="module")
def stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    """A product of its own, with two products that have a category, and sales in two currencies in March 2026."""
    with Stack() as stack:
        path: Path = tmp_path_factory.mktemp("products") / "products.csv"
        path.write_text("code,name,category\nMUG,Mug,Home\nLAMP,Lamp,Office\n")
        assert stack.manage("import_products", str(path)).returncode == 0
        refund = document(REFUND, kind="credit_note", reason="returned")
        post(stack, *(document(sale) for sale in SALES), refund)
        wait_for(lambda: totals(stack) == {"SAR": "140.00", "EUR": "50.00"}, "the sales in the figures")
        yield stack


def totals(stack: Stack) -> dict[str, str]:
    found = stack.get_json("/api/v1/analytics/metrics?metric=revenue&from=2026-03-01&to=2026-03-31")["totals"]
    return {row["currency"]: row["revenue"] for row in found}


class Figures:
    """The revenue page in a browser."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.table = page.get_by_test_id("chart-table")
        self.rows = page.get_by_test_id("drill-rows").locator("li")
        self.side = page.locator("[data-side]")
        self.document = page.locator("[data-detail]")

    def card(self, metric: str) -> Locator:
        return self.page.locator(f'[data-testid="metric-card"][data-metric="{metric}"]')

    def expect_figure(self, metric: str, text: str) -> None:
        expect(self.card(metric).locator(".figure")).to_have_text(text)

    def query(self) -> dict[str, list[str]]:
        return parse_qs(urlparse(self.page.url).query)

    def choose(self, dimension: str, *members: str) -> None:
        self.page.get_by_test_id(f"filter-{dimension}").locator("summary").click()
        for member in members:
            self.page.get_by_role("group", name=dimension.capitalize()).get_by_text(member, exact=True).click()
        self.page.get_by_role("button", name="Apply").click()


@pytest.fixture
def open_figures(open_desk: OpenDesk, stack: Stack) -> Callable[..., Figures]:
    def open_one(path: str = MARCH, **options: Any) -> Figures:
        return Figures(open_desk(path, **options).page)

    return open_one


@pytest.fixture
def march(open_figures: Callable[..., Figures]) -> Figures:
    """The page on March, with its figures there."""
    figures = open_figures()
    figures.expect_figure("revenue", "140.00")
    return figures


def test_each_card_has_its_figure_and_its_proof(march: Figures) -> None:
    march.expect_figure("transactions", "3")
    march.expect_figure("avg_order_value", "46.67")
    march.expect_figure("revenue_gross", "161.00")
    march.expect_figure("refunds", "10.00")
    march.expect_figure("unique_customers", "1")
    expect(march.card("revenue").get_by_test_id("figure-proof")).to_contain_text("✓ complete to")
    expect(march.page.get_by_test_id("chart").locator("canvas")).to_be_visible()
    march.card("revenue").get_by_test_id("figure-proof").click()
    expect(march.side).to_contain_text("Subtotals of invoices less those of credit notes")
    expect(march.side).to_contain_text("Folded to")
    march.side.get_by_text("SQL that reads it").click()
    expect(march.side.locator(".sql")).to_contain_text("facts_day")


def test_currencies_are_never_added(march: Figures) -> None:
    choice = march.page.get_by_role("group", name="Currency").get_by_role("button")
    expect(choice).to_have_text(["EUR 50.00", "SAR 140.00"])
    choice.first.click()
    march.expect_figure("revenue", "50.00")
    march.expect_figure("transactions", "1")
    expect(march.table.locator("tfoot td").first).to_have_text("50.00")
    march.page.get_by_test_id("convert").select_option("SAR")
    expect(march.page.locator('[data-bind="unconverted"]')).to_contain_text("EUR is left out")
    march.expect_figure("revenue", "140.00")


def test_a_figure_leads_to_its_documents_and_to_the_raw_record_in_three_clicks(march: Figures) -> None:
    march.card("revenue").get_by_role("button", name="140.00").click()
    expect(march.side.locator(".side-sum")).to_have_text("140.00 SAR")
    expect(march.side).to_contain_text("The sum of all documents equals the figure")
    expect(march.rows).to_have_count(4)
    march.rows.filter(has_text="100.00").get_by_role("button").click()
    expect(march.document.locator(".detail-total")).to_contain_text("115.00 SAR")
    march.document.get_by_text("Raw record").click()
    expect(march.document.locator("pre")).to_contain_text('"product_code": "LAMP"')
    march.page.go_back()
    expect(march.rows).to_have_count(4)
    march.page.go_back()
    expect(march.side).to_be_hidden()


def test_a_row_of_the_table_leads_to_the_documents_of_its_day(march: Figures) -> None:
    row = march.table.get_by_role("row").filter(has_text="Mar 3, 2026")
    row.get_by_role("button", name="100.00").click()
    expect(march.rows).to_have_count(1)
    expect(march.side).to_contain_text("equals the figure")
    assert march.query()["at"] == ["2026-03-03"]


def test_a_bar_leads_to_its_documents_and_a_drag_to_its_days(march: Figures) -> None:
    bars = march.page.locator(".u-over")
    box = bars.bounding_box()
    assert box is not None
    day = box["width"] / 31
    bars.click(position={"x": 2.5 * day, "y": box["height"] - 5})
    expect(march.side.locator(".side-scope")).to_have_text("Tue, Mar 3, 2026")
    expect(march.rows).to_have_count(1)
    march.page.go_back()
    expect(march.side).to_be_hidden()
    left, top = box["x"], box["y"] + 20
    march.page.mouse.move(left + 1.5 * day, top)
    march.page.mouse.down()
    march.page.mouse.move(left + 4.5 * day, top, steps=4)
    march.page.mouse.up()
    march.expect_figure("revenue", "150.00")
    assert (march.query()["from"], march.query()["to"]) == (["2026-03-02"], ["2026-03-05"])


def test_a_filter_is_a_chip_that_holds_for_every_figure_and_can_be_taken_away(march: Figures) -> None:
    march.choose("category", "Home")
    march.expect_figure("revenue", "40.00")
    expect(march.page.get_by_test_id("filter-category")).to_contain_text("Category is Home")
    expect(march.card("transactions")).to_contain_text("not available by category")
    march.card("revenue").get_by_role("button", name="40.00").click()
    expect(march.rows).to_have_count(3)
    expect(march.side).to_contain_text("equals the figure")
    march.page.reload()
    march.expect_figure("revenue", "40.00")
    march.page.get_by_role("button", name="Clear the filter by category").click()
    march.expect_figure("revenue", "140.00")
    march.page.go_back()
    march.expect_figure("revenue", "40.00")
    march.page.go_forward()
    march.expect_figure("revenue", "140.00")


def test_a_member_of_the_breakdown_becomes_a_filter(march: Figures) -> None:
    members = march.page.locator("[data-members] tr")
    expect(members).to_have_count(2)
    expect(members.first).to_contain_text("Office")
    members.nth(1).get_by_role("button", name="Home").click()
    march.expect_figure("revenue", "40.00")
    assert march.query()["filter.category"] == ["Home"]


def test_range_grain_metric_and_comparison_are_in_the_address(march: Figures) -> None:
    march.page.get_by_test_id("grain").select_option("week")
    expect(march.table.locator("tbody th").first).to_have_text("2026-W14, from Mar 30")
    march.card("transactions").get_by_role("button", name="Invoices").click()
    expect(march.page.locator("#chart-heading")).to_contain_text("Invoices by week")
    march.page.get_by_test_id("compare").select_option("none")
    expect(march.table.get_by_role("columnheader", name="Earlier")).to_be_hidden()
    march.page.keyboard.press("[")
    expect(march.page.get_by_test_id("range").locator("summary")).to_have_text("Feb 1 \u2013 28, 2026")
    query = march.query()
    assert {name: query[name] for name in ("from", "grain", "metric", "compare")} == {
        "from": ["2026-02-01"],
        "grain": ["week"],
        "metric": ["transactions"],
        "compare": ["none"],
    }


def test_the_zone_of_days_and_the_date_of_refunds_are_in_the_address(march: Figures) -> None:
    page = march.page
    march.card("refunds").get_by_role("button", name="Refunds").click()
    page.get_by_test_id("dated").get_by_role("button", name="by sale date").click()
    expect(march.card("refunds")).to_contain_text("by sale date")
    march.card("refunds").get_by_role("button", name="10.00").click()
    expect(march.rows).to_have_count(1)
    expect(march.side).to_contain_text("equals the figure")
    page.get_by_test_id("range").locator("summary").click()
    page.get_by_test_id("tz").select_option("Asia/Riyadh")
    expect(march.card("unique_customers")).to_contain_text("available by days of the store only")
    march.expect_figure("units", "5")
    march.expect_figure("revenue", "140.00")
    query = march.query()
    assert (query["tz"], query["dated"], query["metric"]) == (["Asia/Riyadh"], ["sale"], ["refunds"])
    assert violations(page) == []


def test_a_range_without_sales_says_so_and_leads_to_days_with_some(open_figures: Callable[..., Figures]) -> None:
    figures = open_figures("/analytics/?from=2025-01-01&to=2025-01-31")
    expect(figures.page.get_by_role("heading", name="No sales in this range: Jan 1 \u2013 31, 2025")).to_be_visible()
    assert violations(figures.page) == []
    figures.page.get_by_role("button", name="Show Mar 1").click()
    expect(figures.card("revenue").locator(".figure")).not_to_be_empty()
    assert figures.query()["from"] == ["2026-03-01"]


def test_what_is_issued_shows_without_a_reload(open_figures: Callable[..., Figures], stack: Stack) -> None:
    figures = open_figures("/analytics/?range=last-7-days&currency=EUR")
    expect(figures.page.get_by_test_id("connection")).to_have_text("Connected")
    figures.page.evaluate("window.isSamePage = true")
    sale = document(("", "EUR", "LAMP", 1, "75.00"))
    del sale["invoice_date"]
    post(stack, sale)
    figures.expect_figure("revenue", "75.00")
    assert figures.page.evaluate("window.isSamePage")


def test_figures_stay_while_the_server_refuses_and_come_back(march: Figures) -> None:
    problem = '{"status": 503, "detail": "The database does not answer."}'

    def refuse(route: Route) -> None:
        route.fulfill(status=503, content_type="application/problem+json", body=problem)

    march.page.route(METRICS, refuse)
    march.page.get_by_test_id("grain").select_option("week")
    notice = march.page.get_by_role("alert").filter(has_text="The database does not answer.")
    expect(notice).to_contain_text("The figures below are from")
    march.expect_figure("revenue", "140.00")
    march.page.unroute(METRICS)
    expect(notice).to_be_hidden()
    expect(march.page.locator("#chart-heading")).to_contain_text("by week")


def test_the_csv_file_has_every_bucket_of_every_currency(march: Figures) -> None:
    with march.page.expect_download() as waiting:
        march.page.get_by_role("button", name="CSV").click()
    assert waiting.value.suggested_filename == "figures-2026-03-01-2026-03-31-by-day.csv"
    rows = list(csv.DictReader(StringIO(Path(waiting.value.path()).read_text())))
    assert len(rows) == 31 * 2
    by_day = {(row["date"], row["currency"]): row["revenue"] for row in rows}
    assert by_day["2026-03-03", "SAR"] == "100.00"
    assert by_day["2026-03-03", "EUR"] == "50.00"
    assert by_day["2026-03-06", "SAR"] == "-10.00"


def test_the_menu_leads_to_the_figures_of_its_feed(open_figures: Callable[..., Figures]) -> None:
    figures = open_figures("/")
    figures.page.get_by_role("link", name="Revenue").click()
    figures.page.wait_for_url("**/analytics/?filter.feed=demo")
    expect(figures.page.get_by_text("Demo data")).to_be_visible()
    expect(figures.page.get_by_test_id("filter-feed")).to_contain_text("Feed is demo")


def test_paper_has_all_rows_and_no_controls(march: Figures) -> None:
    march.page.emulate_media(media="print")
    expect(march.page.get_by_role("navigation", name="Main")).to_be_hidden()
    expect(march.page.get_by_test_id("connection")).to_be_hidden()
    frame = march.page.locator(".table-frame")
    assert frame.evaluate("frame => frame.scrollHeight <= frame.clientHeight + 1")


def test_nothing_is_wrong_on_any_screen_by_day_and_by_night(march: Figures) -> None:
    page = march.page
    states: dict[str, Callable[[], None]] = {
        "figures": lambda: None,
        "documents": lambda: march.card("revenue").get_by_role("button", name="140.00").click(),
        "range": lambda: page.get_by_test_id("range").locator("summary").click(),
        "filter": lambda: page.get_by_test_id("filter-category").locator("summary").click(),
    }
    for state, reach in states.items():
        page.set_viewport_size({"width": 1440, "height": 900})
        reach()
        if state == "filter":
            expect(page.get_by_role("button", name="Apply")).to_be_visible()
        if state == "documents":
            expect(march.rows).to_have_count(4)
        for width, theme in itertools.product((390, 1440, 3840), ("dark", "light")):
            page.set_viewport_size({"width": width, "height": 900})
            page.emulate_media(color_scheme="dark" if theme == "dark" else "light")
            found = violations(page, f"revenue {state} {width} {theme}")
            # An open panel may cover a part of a button below it, which then is too small.
            assert [each for each in found if state == "figures" or not each.startswith("target-size")] == []
            if state == "figures":
                assert faults(page) == []
        page.keyboard.press("Escape")
    expect(march.side).to_be_hidden()

"""Every page and action, on a phone, a desk and a large screen, in the light and the dark theme.

In every state on the way axe finds nothing, and nothing overlaps, is cut off or scrolls sideways.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable
from typing import Any, Literal

import pytest
from playwright.sync_api import BrowserContext, Page, ViewportSize, expect

from tests.stack import Stack
from tests.system.browser.axe import violations
from tests.system.browser.desk import Desk, Product
from tests.system.browser.firehose import Firehose
from tests.system.browser.layout import faults
from tests.waiting import wait_for

OpenDesk = Callable[..., Desk]
SIZES = {390: 844, 1440: 900, 2560: 1440}
THEMES: tuple[Literal["light", "dark"], ...] = ("light", "dark")


class Tour:
    """Opens pages on one width of screen, and looks hard at each state by day and by night."""

    def __init__(self, open_desk: OpenDesk, width: int, *, every_width: bool = False) -> None:
        self.width = width
        self.widths = tuple(SIZES) if every_width else (width,)
        self.open_desk = open_desk
        self.options: dict[str, Any] = {
            "viewport": _size(width),
            "color_scheme": THEMES[0],
            "permissions": ["clipboard-read", "clipboard-write"],
        }

    def open(self, path: str = "/") -> Desk:
        return self.open_desk(path, **self.options)

    def look(self, page: Page, state: str) -> None:
        """Nothing is wrong in this state."""
        for width, theme in itertools.product(self.widths, reversed(THEMES)):
            page.set_viewport_size(_size(width))
            page.emulate_media(color_scheme=theme)
            assert violations(page, f"{state} {width} {theme}") == []
            assert faults(page) == []


def _size(width: int) -> ViewportSize:
    return {"width": width, "height": SIZES[width]}


@pytest.fixture(params=SIZES)
def tour(open_desk: OpenDesk, request: pytest.FixtureRequest) -> Tour:
    """For what a reader does, which goes another way on another screen."""
    return Tour(open_desk, request.param)


@pytest.fixture
def viewing(open_desk: OpenDesk) -> Tour:
    """For what is only looked at: one page, drawn on every screen."""
    return Tour(open_desk, 1440, every_width=True)


def test_a_run_from_the_empty_desk_to_the_purge(tour: Tour, product: Product) -> None:
    desk = tour.open()
    desk.expect_connection("Connected")
    desk.expect_state("Idle")
    expect(desk.page.get_by_text("Nothing shown yet.")).to_be_visible()
    tour.look(desk.page, "idle and empty")
    _start(desk)
    desk.expect_state("Running")
    expect(desk.start).to_be_disabled()
    expect(desk.start).to_have_attribute("title", "A run is under way; STOP ends it.")
    wait_for(lambda: desk.rows.count() > 2, "rows")
    expect(desk.page.locator('[data-bind="issued-text"]')).to_contain_text("left")
    expect(desk.page.locator('[data-bind="issue-rate"]')).to_have_text("8/s")
    expect(desk.page.locator('[data-bind="drain-text"]')).to_contain_text("shown in")
    tour.look(desk.page, "running")
    _expect_conserved(desk)
    desk.stop.click()
    desk.expect_state("Processing backlog")
    expect(desk.stop).to_have_attribute("title", "No run is under way.")
    tour.look(desk.page, "draining")
    desk.page.get_by_role("button", name="Skip backlog").click()
    desk.expect_state("Idle")
    _expect_conserved(desk)
    _be_refused(desk, product)
    tour.look(desk.page, "refused")
    _purge(desk, tour)
    expect(desk.see("stat-count")).to_have_text("0")
    desk.expect_rows(0)


def _start(desk: Desk) -> None:
    desk.page.get_by_role("button", name="Options").click()
    form = desk.page.locator('[data-form="start"]')
    form.get_by_label("Rate").fill("8")
    form.get_by_label("Duration").fill("60")
    form.get_by_label("Seed").fill("3")
    expect(form).to_contain_text("START issues 480 invoices.")
    desk.start.click()


def _expect_conserved(desk: Desk) -> None:
    """What the line says adds up, and it says so."""
    line = desk.page.locator(".conservation")
    expect(line).to_have_attribute("data-holds", "yes")
    expect(line).to_contain_text("✓ Every invoice accounted for")
    figures = line.evaluate(
        "line => [...line.querySelectorAll('b')].map(each => Number(each.textContent.replace(/,/g, '')))"
    )
    assert figures[0] == sum(figures[1:]) > 0


def _be_refused(desk: Desk, product: Product) -> None:
    """Try an action that is not possible; the page shows the reason."""
    with desk.page.expect_response("**/api/control/stop*"):
        desk.press_although_disabled(desk.stop)
    expect(desk.page.get_by_role("alert").filter(has_text="No run is running")).to_be_visible()


def _purge(desk: Desk, tour: Tour) -> None:
    desk.page.get_by_role("button", name="Purge…").click()
    dialog = desk.page.get_by_role("dialog")
    expect(dialog.get_by_role("button", name="Purge", exact=True)).to_be_disabled()
    tour.look(desk.page, "purge")
    dialog.get_by_label("Type purge to confirm").fill("purge")
    dialog.get_by_role("button", name="Purge", exact=True).click()


def test_reading_what_is_there(tour: Tour, library: Product) -> None:
    desk = tour.open()
    desk.expect_connection("Connected")
    desk.expect_rows(50)
    tour.look(desk.page, "idle with rows")
    _search(desk, tour)
    _sort(desk, library)
    _read(desk, tour)
    desk.page.keyboard.press("?")
    expect(desk.page.get_by_role("dialog", name="Keyboard")).to_be_visible()
    tour.look(desk.page, "help")
    desk.page.keyboard.press("Escape")
    _hold_still(desk)
    _toggle_chart(desk)


def _search(desk: Desk, tour: Tour) -> None:
    desk.page.keyboard.press("/")
    desk.page.keyboard.type(desk.numbers()[7])
    desk.expect_rows(1)
    tour.look(desk.page, "search")
    desk.page.get_by_role("searchbox").fill("zzzzzz")
    expect(desk.page.get_by_text("No invoice matches.")).to_be_visible()
    tour.look(desk.page, "no results")
    desk.page.keyboard.press("Escape")
    desk.expect_rows(50)


def _sort(desk: Desk, library: Product) -> None:
    """By each column that offers it, in both directions, and back to live."""
    for name, sort in (("Total", "total_amount"), ("Number", "invoice_number"), ("Date", "invoice_date")):
        for order in (f"-{sort}", sort):
            desk.page.get_by_role("columnheader").get_by_role("button", name=name).click()
            _expect_order(desk, library, order)
        desk.page.get_by_role("button", name="Back to live").click()
        desk.expect_rows(50)
        wait_for(desk.seqs, "the live rows")


def _expect_order(desk: Desk, library: Product, order: str) -> None:
    expected = [item["invoice_number"] for item in library.get("/api/invoices", sort=order, limit=20)["items"]]
    wait_for(lambda: desk.numbers()[:20] == expected, f"the list by {order}")


def _read(desk: Desk, tour: Tour) -> None:
    """An invoice in the panel, by its address, by keyboard, copied."""
    numbers = desk.numbers()
    desk.page.keyboard.press("j")
    desk.page.keyboard.press("j")
    desk.page.keyboard.press("Enter")
    panel = desk.page.get_by_role("complementary")
    expect(panel.get_by_role("heading", name=numbers[1])).to_be_visible()
    tour.look(desk.page, "panel")
    assert f"invoice={numbers[1]}" in desk.page.url
    panel.get_by_role("button", name="Copy number").click()
    wait_for(lambda: desk.page.evaluate("navigator.clipboard.readText()") == numbers[1], "the number")
    desk.page.keyboard.press("k")
    expect(panel.get_by_role("heading", name=numbers[0])).to_be_visible()
    desk.page.keyboard.press("Escape")
    expect(panel).to_be_hidden()
    desk.page.keyboard.press("t")


def _hold_still(desk: Desk) -> None:
    """Compact rows are lower; the list stays where the reader has left it."""
    compact = desk.page.get_by_role("button", name="Compact")
    if compact.is_visible():
        before = desk.rows.first.bounding_box()
        compact.click()
        after = desk.rows.first.bounding_box()
        assert before
        assert after
        assert after["height"] < before["height"]


def _toggle_chart(desk: Desk) -> None:
    chart, button = desk.page.locator("[data-chart-box] canvas"), desk.page.locator('[data-action="chart"]')
    if button.get_attribute("aria-expanded") == "false":
        button.click()
    expect(chart).to_be_visible()
    button.click()
    expect(chart).to_be_hidden()


@pytest.mark.parametrize(
    ("name", "path"),
    [
        ("wall", "/wall/"),
        ("wall, private", "/wall/?privacy=1"),
        ("system", "/system/"),
        ("live feed", "/?feed=live"),
        ("no such invoice", "/?feed=demo&invoice=NO-SUCH-1"),
    ],
)
def test_the_other_pages(viewing: Tour, library: Product, name: str, path: str) -> None:
    desk = viewing.open(path)
    desk.expect_connection("Connected")
    viewing.look(desk.page, name)


def test_pages_without_a_feed(viewing: Tour, stack: Stack) -> None:
    for path in ("/login/", "/nowhere/"):
        desk = viewing.open(path)
        viewing.look(desk.page, path)


def test_the_menu(tour: Tour, library: Product) -> None:
    desk = tour.open()
    button = desk.page.get_by_role("button", name="Menu")
    if tour.width == 390:
        button.click()
        tour.look(desk.page, "menu")
    else:
        expect(button).to_be_hidden()
    desk.page.get_by_role("link", name="System").click()
    expect(desk.page.get_by_role("heading", name="System")).to_be_visible()


@pytest.mark.parametrize("path", ["/", "/system/"])
def test_silence_is_reported_and_greys_stale_content(
    viewing: Tour, library: Product, open_context: Callable[..., BrowserContext], path: str
) -> None:
    context = open_context(**viewing.options)
    hose = Firehose(context)
    context.clock.install()
    desk = viewing.open_desk(path, context=context)
    hose.send_hello(desk.page)
    desk.expect_connection("Connected")
    context.clock.fast_forward(6000)
    desk.expect_connection("Stale")
    expect(desk.page.locator("[data-banner]")).to_contain_text("No word from the server since")
    pale = desk.page.locator(".figure, .facts dd").first
    assert float(pale.evaluate("each => getComputedStyle(each).opacity")) < 1
    viewing.look(desk.page, f"stale {path}")

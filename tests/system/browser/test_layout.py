"""Nothing overlaps and nothing is cut off, from a narrow phone to a 4K wall."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import BrowserContext, expect

from tests.system.browser.desk import Desk, Product
from tests.system.browser.firehose import Firehose
from tests.system.browser.layout import CUT_OFF, PARTS, faults, overlaps

SIZES = [(360, 740), (390, 844), (768, 1024), (1024, 768), (1440, 900), (2560, 1440), (3840, 2160)]


@pytest.mark.parametrize(("width", "height"), SIZES)
def test_no_part_of_the_desk_overlaps_another_or_is_cut_off(
    open_desk: Callable[..., Desk], library: Product, width: int, height: int
) -> None:
    desk = open_desk(viewport={"width": width, "height": height})
    desk.expect_rows(50)
    assert faults(desk.page) == []
    grid = desk.grid.bounding_box()
    assert grid is not None
    assert grid["height"] > 150


def test_the_panel_covers_nothing_on_a_desk(open_desk: Callable[..., Desk], library: Product) -> None:
    desk = open_desk(viewport={"width": 1440, "height": 900})
    desk.rows.nth(2).click()
    expect(desk.page.locator("[data-detail]")).to_be_visible()
    assert overlaps(desk.page, f"{PARTS}, [data-detail]") == []
    assert desk.page.evaluate(CUT_OFF) == []


def test_the_options_push_the_rest_down(reader: Desk) -> None:
    reader.page.get_by_role("button", name="Options").click()
    assert overlaps(reader.page, PARTS) == []


def test_the_phones_menu_opens_and_leads_on(open_desk: Callable[..., Desk], library: Product) -> None:
    desk = open_desk(viewport={"width": 390, "height": 844})
    desk.page.get_by_role("button", name="Menu").click()
    desk.page.get_by_role("link", name="System").click()
    expect(desk.page.get_by_role("heading", name="System")).to_be_visible()


@pytest.mark.parametrize("path", ["/", "/wall/"])
@pytest.mark.parametrize("width", [390, 1440, 2560])
def test_large_totals_are_written_in_full(
    open_desk: Callable[..., Desk], open_context: Callable[..., BrowserContext], library: Product, path: str, width: int
) -> None:
    context = open_context(viewport={"width": width, "height": 900})
    hose = Firehose(context)
    desk = open_desk(path, context=context)
    hose.send_hello(desk.page)
    hose.send_totals(desk.page, "123456789012.34")
    expect(desk.see("stat-total")).to_have_text("123,456,789,012.34")
    assert desk.page.evaluate(CUT_OFF) == []

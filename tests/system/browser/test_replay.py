"""A replay on the dashboard: started there, marked as a replay, and removed there."""

from __future__ import annotations

import re
from collections.abc import Callable

from playwright.sync_api import expect

from tests.system.browser.desk import Desk, Product
from tests.waiting import wait_for

COUNT = 30


def test_a_replay_of_the_last_hour_is_shown_and_marked_as_past(
    product: Product, open_desk: Callable[..., Desk]
) -> None:
    product.issue(COUNT)
    figures = {name: value for name, value in product.stats().items() if name not in ("source", "as_of")}
    desk = open_desk()
    page = desk.page
    page.locator('[data-action="options"]').click()
    form = page.locator('[data-form="replay"]')
    form.get_by_label("Of feed").select_option("demo")
    expect(form.locator("[name=from]")).to_have_value(re.compile(r"^\d{4}-\d\d-\d\dT\d\d:00"))
    form.get_by_label("Speed").fill("600")
    form.get_by_role("button", name="Start replay").click()
    page.wait_for_url("**/?feed=replay-*")
    desk.expect_connection("Connected")
    band = page.locator("[data-replay]")
    expect(band).to_contain_text(re.compile(r"Replay of \d{4}-\d\d-\d\d, 600x - not live"))
    clock = page.locator('[data-bind="replay-clock"]')
    first = clock.inner_text()
    expect(clock).not_to_have_text(first)
    expect(page.get_by_role("navigation", name="Feed").locator("[aria-current]")).to_have_text(re.compile("Replay"))
    desk.expect_rows(COUNT)
    wait_for(lambda: desk.figure("stat-total") == figures["total_amount"], "the total")
    desk.expect_state("Idle")
    expect(band).to_contain_text("completed")
    page.locator('[data-action="replay-remove"]').click()
    page.wait_for_url("**/?feed=live")
    expect(page.locator("[data-replay]")).to_have_count(0)
    assert {name: product.stats()[name] for name in figures} == figures


def test_a_window_without_invoices_is_refused_in_the_servers_words(product: Product, desk: Desk) -> None:
    desk.page.locator('[data-action="options"]').click()
    form = desk.page.locator('[data-form="replay"]')
    form.locator("[name=from]").fill("1999-01-01T00:00")
    form.locator("[name=to]").fill("1999-01-02T00:00")
    form.get_by_role("button", name="Start replay").click()
    expect(desk.page.locator('[data-bind="notice"]')).to_contain_text("choose another window")

"""The wall, the system page, the login and the error pages."""

from __future__ import annotations

import re
import signal
from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import BrowserContext, expect

from tests.stack import Stack
from tests.system.browser.desk import Desk, Product
from tests.waiting import wait_for

OpenDesk = Callable[..., Desk]
SOME_ROWS_ARE_NEW = """() => {
    const rows = document.querySelectorAll('[data-testid=grid-row]').length;
    const fresh = document.querySelectorAll('.is-new').length;
    return rows > 1 && fresh > 0 && fresh < rows;
}"""


def test_the_wall_follows_without_controls(open_desk: OpenDesk, product: Product) -> None:
    wall = open_desk("/wall/")
    product.start(rate=5, seconds=2)
    wall.expect_state("Running")
    wall.expect_rows(10)
    assert wall.figure("stat-count") == "10"
    expect(wall.start).to_have_count(0)


def test_only_what_is_new_is_marked_on_the_wall(open_desk: OpenDesk, product: Product) -> None:
    wall = open_desk("/wall/", reduced_motion="no-preference")
    product.start(rate=2, seconds=8)
    wall.page.wait_for_function(SOME_ROWS_ARE_NEW)
    wall.expect_rows(16)
    expect(wall.page.locator(".is-new")).to_have_count(0)


def test_the_walls_privacy_mode_masks_names_and_amounts_from_the_first_paint(
    open_desk: OpenDesk, product: Product
) -> None:
    product.issue(4)
    item = product.get("/api/invoices", limit=1)["items"][0]
    wall = open_desk("/wall/?privacy=1")
    wall.expect_rows(4)
    text = wall.page.locator("body").inner_text()
    assert item["seller_name"] not in text
    assert item["total_amount"] not in text.replace(",", "")
    assert product.stats()["total_amount"] not in text.replace(",", "")
    wall.page.get_by_role("button", name="Privacy").click()
    expect(wall.rows.first).to_contain_text(item["seller_name"])
    assert "privacy" not in wall.page.url


def test_the_wall_keeps_a_bounded_number_of_rows(open_desk: OpenDesk, product: Product) -> None:
    wall = open_desk("/wall/")
    product.issue(300)
    expect(wall.see("stat-count")).to_have_text("300")
    wait_for(lambda: wall.rows.count() == 40, "the newest rows")


def test_the_system_page_shows_every_process(open_desk: OpenDesk, product: Product) -> None:
    system = open_desk("/system/")
    for process in product.status()["processes"]:
        row = system.page.locator(f"[data-process={process['name']}]")
        expect(row).to_contain_text("up")
        expect(row).to_contain_text(str(process["pid"]))


def test_system_page_shows_a_condition_while_it_holds(open_desk: OpenDesk, product: Product) -> None:
    system = open_desk("/system/")
    conditions = system.see("conditions")
    expect(conditions).to_contain_text("Nothing needs attention")
    pid = product.stack.kill("pacer", signal.SIGSTOP)
    try:
        product.start(rate=5, seconds=2)
        expect(conditions.locator("li")).to_contain_text(["feed-stalled"])
        expect(conditions.get_by_text("Nothing needs attention")).to_be_hidden()
        assert "rows of demo are queued and none was shown" in conditions.inner_text()
    finally:
        assert product.stack.kill("pacer", signal.SIGCONT) == pid
    expect(conditions.get_by_text("Nothing needs attention")).to_be_visible()


def test_a_process_killed_from_the_system_page_is_seen_to_come_back(open_desk: OpenDesk, product: Product) -> None:
    system = open_desk("/system/")
    system.expect_connection("Connected")
    restarts = system.page.locator('[data-process=worker] [data-column="restarts"]')
    expect(restarts).to_have_text(re.compile(r"^\d+$"))
    before = int(restarts.inner_text())
    system.page.get_by_role("button", name="Kill worker").click()
    expect(system.page.get_by_text("worker was killed from here")).to_be_visible()
    expect(system.page.get_by_text("worker was started again").first).to_be_visible()
    expect(restarts).to_have_text(str(before + 1))


def test_the_system_page_shows_queues_ticks_and_events(open_desk: OpenDesk, product: Product) -> None:
    product.start(rate=6, seconds=60)
    system = open_desk("/system/")
    queue = system.page.locator('[data-queue="display demo"]')
    expect(queue.locator('[data-column="in"]')).not_to_have_text("0/s")
    expect(queue.locator('[data-column="waiting"]')).not_to_have_text("0")
    expect(system.page.locator('[data-queue="celery ticks"] [data-column="waiting"]')).to_have_text(re.compile(r"\d"))
    expect(system.page.locator('[data-bind="ticks-skipped"]')).to_have_text(re.compile(r"\d"))
    run = product.status()["run"]["id"]
    expect(system.page.locator("[data-events]")).to_contain_text(f"Run {run} started: 6 a second for 60 seconds")


@pytest.fixture(scope="module")
def closed_stack() -> Iterator[Stack]:
    """A product where everyone has to sign in."""
    with Stack(env={"INVOICEDASH_OPEN": "0", "ADMIN_PASSWORD": "a password for tests"}) as stack:
        yield stack


def test_who_is_not_signed_in_is_sent_to_the_login_and_back(
    open_context: Callable[..., BrowserContext], closed_stack: Stack
) -> None:
    page = open_context().new_page()
    page.goto(f"{closed_stack.url}/system/?feed=live")
    expect(page.get_by_role("heading", name="Sign in")).to_be_visible()
    page.get_by_label("User name").fill("admin")
    page.get_by_label("Password").fill("wrong")
    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_role("alert")).to_be_visible()
    page.get_by_label("Password").fill("a password for tests")
    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_role("heading", name="System")).to_be_visible()
    expect(page).to_have_url(f"{closed_stack.url}/system/?feed=live")
    expect(page.get_by_test_id("connection")).to_have_text("Connected")
    page.goto(closed_stack.url)
    page.get_by_test_id("start").click()
    expect(page.get_by_test_id("state")).to_have_text("Running")
    page.get_by_test_id("stop").click()
    page.get_by_role("button", name="Sign out").click()
    expect(page.get_by_role("heading", name="Sign in")).to_be_visible()


def test_while_the_database_is_away_the_page_waits_and_comes_back_by_itself(
    open_context: Callable[..., BrowserContext], closed_stack: Stack
) -> None:
    page = open_context().new_page()
    closed_stack.kill("postgres")
    page.goto(f"{closed_stack.url}/login/")
    wait_for(closed_stack.is_up, "the database")
    expect(page.get_by_role("heading", name="Sign in")).to_be_visible()

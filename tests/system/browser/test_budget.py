"""Budgets of a page: bytes, requests, elements, memory and processor time, also after a long time.

No figure here is a time: processor time is counted in tasks of reference (costs.py). `make bench` measures the speed.
"""

from __future__ import annotations

import gzip
from collections.abc import Callable

import httpx
import pytest
from playwright.sync_api import Browser, BrowserContext, CDPSession, Page, expect

from tests.system.browser.costs import reference_ms, tasks_ms
from tests.system.browser.desk import Desk, Product
from tests.system.browser.firehose import Firehose
from tests.system.browser.report import report
from tests.waiting import wait_for

OpenDesk = Callable[..., Desk]

COMPRESSED_BYTES, MOST_FILES, MOST_ELEMENTS = 150_000, 60, 3000
MOST_SHIFT = 0.05
# The longest task of the page, in tasks of reference.
MOST_REFERENCES = 4
MOVING = {"reduced_motion": "no-preference"}
HEAP_GROWTH_BYTES = 20 * 1024 * 1024

OBSERVE = """
window.shift = 0;
new PerformanceObserver(list => list.getEntries().forEach(entry => {
    if (!entry.hadRecentInput) window.shift += entry.value;
})).observe({type: 'layout-shift', buffered: true});
"""
FRAMES = """async count => {
    for (let frame = 0; frame < count; frame += 1) await new Promise(requestAnimationFrame);
}"""
SCROLL = """async count => {
    const grid = document.querySelector('[data-testid=grid]');
    for (let frame = 0; frame < count; frame += 1) {
        await new Promise(requestAnimationFrame);
        grid.scrollBy(0, 120);
    }
}"""


def heap_bytes(session: CDPSession) -> int:
    """What the page holds on to, after a collection."""
    for _ in range(2):
        session.send("HeapProfiler.collectGarbage")
    return int(session.send("Runtime.getHeapUsage")["usedSize"])


def test_script_and_style_of_every_page_stay_small(open_desk: OpenDesk, library: Product) -> None:
    for path in ("/", "/wall/", "/system/", "/analytics/"):
        desk = open_desk(path)
        desk.expect_connection("Connected")
        urls = desk.page.evaluate(r"performance.getEntriesByType('resource').map(each => each.name)")
        code = [url for url in urls if url.endswith((".js", ".css"))]
        assert all(url.startswith(library.url) for url in urls)
        size = sum(len(gzip.compress(httpx.get(url).content, 6)) for url in code)
        elements = desk.page.locator("*").count()
        report(f"bytes {path}", files=len(code), requests=len(urls), compressed=size, elements=elements)
        assert size < COMPRESSED_BYTES
        assert len(urls) < MOST_FILES
        assert elements < MOST_ELEMENTS


def test_nothing_jumps_after_the_first_paint(
    open_desk: OpenDesk, open_context: Callable[..., BrowserContext], library: Product
) -> None:
    for path, width in (("/", 1440), ("/wall/", 1440), ("/system/", 1440), ("/analytics/", 1440), ("/analytics/", 390)):
        context = open_context(**MOVING, viewport={"width": width, "height": 900})
        context.add_init_script(OBSERVE)
        desk = open_desk(path, context=context)
        desk.expect_connection("Connected")
        desk.page.evaluate(FRAMES, 60)
        shift = desk.page.evaluate("window.shift")
        report(f"shift {path} {width}", shift=shift)
        assert shift < MOST_SHIFT


def test_the_page_is_complete_without_scripts(open_context: Callable[..., BrowserContext], library: Product) -> None:
    page = open_context(java_script_enabled=False).new_page()
    page.goto(library.url)
    stats = library.stats()
    expect(page.get_by_test_id("stat-count")).to_have_text("60")
    assert page.get_by_test_id("stat-total").inner_text().replace(",", "") == stats["total_amount"]
    expect(page.get_by_test_id("grid-row")).to_have_count(50)


@pytest.mark.long
def test_no_interaction_takes_long_while_rows_stream(open_desk: OpenDesk, product: Product, browser: Browser) -> None:
    desk = open_desk(**MOVING)
    desk.expect_connection("Connected")
    product.set_pace(50)
    product.start(rate=50, seconds=60)
    wait_for(lambda: desk.rows.count() > 30, "rows")
    check_costs("interaction", browser, desk.page, lambda: interact(desk))


def interact(desk: Desk) -> None:
    """Use everything once."""
    desk.page.get_by_role("button", name="Options").click()
    for name in ("Compact", "Comfortable", "Total"):
        desk.page.get_by_role("button", name=name).click()
    desk.page.get_by_role("searchbox").press_sequentially("DEMO", delay=60)
    desk.page.keyboard.press("Escape")
    for key in ("j", "j", "Enter", "j", "Escape", "t"):
        desk.page.keyboard.press(key)
        desk.page.evaluate(FRAMES, 6)


def check_costs(name: str, browser: Browser, page: Page, work: Callable[[], object]) -> None:
    """Fail when a task of the page during `work` takes much more than the reference in the same tab just before."""
    reference = reference_ms(browser, page)
    tasks = tasks_ms(browser, page, work)
    report(name, tasks=len(tasks), longest_ms=max(tasks), reference_ms=reference, ratio=max(tasks) / reference)
    assert max(tasks) < MOST_REFERENCES * reference


@pytest.mark.long
def test_twenty_thousand_rows_go_by_without_a_long_task_and_leave_no_memory_behind(
    open_desk: OpenDesk, open_context: Callable[..., BrowserContext], library: Product, browser: Browser
) -> None:
    context = open_context(**MOVING)
    hose = Firehose(context)
    desk = open_desk(context=context)
    hose.send_hello(desk.page)
    session = context.new_cdp_session(desk.page)
    # The first ones fill what is kept on purpose.
    hose.send_rows(desk.page, 1000)
    before = heap_bytes(session)
    check_costs("stream", browser, desk.page, lambda: hose.send_rows(desk.page, 20_000))
    growth = heap_bytes(session) - before
    report("memory", rows=20_000, heap_before=before, heap_growth=growth)
    assert growth < HEAP_GROWTH_BYTES
    assert desk.page.locator("*").count() < MOST_ELEMENTS


@pytest.mark.long
def test_scrolling_through_history_takes_no_long_task_with_the_stream_on(
    open_desk: OpenDesk, product: Product, browser: Browser
) -> None:
    desk = open_desk(**MOVING)
    desk.expect_connection("Connected")
    product.issue(5000, shown=False)
    product.set_pace(20)
    product.start(rate=20, seconds=60)
    wait_for(lambda: desk.rows.count() > 30, "rows")
    check_costs("scroll", browser, desk.page, lambda: desk.page.evaluate(SCROLL, 300))
    product.reset()

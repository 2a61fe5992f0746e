"""Takes the pictures of docs/images again: `python -m tests.pictures` starts a product of its own and generates a run."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, Page, expect, sync_playwright

from runtime.environment import BASE_DIR
from tests import chromium
from tests.stack import Stack
from tests.system.browser.desk import Product
from tests.waiting import wait_for

IMAGES = BASE_DIR / "docs" / "images"
DESK, PHONE, WALL = (1440, 900), (390, 844), (1920, 1080)
# Enough for a chart that shows a pace and a queue.
ISSUED_COUNT = 450
SHOPS = ("--stores", "3", "--orders-per-minute", "60", "--seconds", "45")
CHART = BASE_DIR / "node_modules" / "uplot" / "dist"


def take_all(directory: Path = IMAGES) -> None:
    """Write every picture into `directory`."""
    with Stack() as stack, sync_playwright() as playwright:
        product, browser = Product(stack), chromium.launch(playwright)
        first = _open(browser, stack, "/", DESK)
        product.start()
        wait_for(lambda: product.stats()["invoice_count"] >= ISSUED_COUNT, f"{ISSUED_COUNT} invoices")
        first.screenshot(path=directory / "dashboard.png")
        for name, path, size in (("system", "/system/", DESK), ("wall", "/wall/", WALL), ("phone", "/", PHONE)):
            _open(browser, stack, path, size).screenshot(path=directory / f"{name}.png")
        dark = _open(browser, stack, "/", DESK, color_scheme="dark")
        dark.get_by_test_id("grid-row").nth(3).click()
        expect(dark.locator("[data-detail]")).to_be_visible()
        dark.screenshot(path=directory / "dark-panel.png")
        done = stack.manage("simulate_shop", *SHOPS)
        if done.returncode:
            sys.exit(done.stderr)
        for name, path in (("stores", "/stores/"), ("store", "/stores/demo-shop-1/")):
            _open(browser, stack, path, DESK).screenshot(path=directory / f"{name}.png")
        browser.close()


def _open(browser: Browser, stack: Stack, path: str, size: tuple[int, int], **settings: Any) -> Page:
    """The page in a window of its own, when all that it loads at the start is there."""
    settings = {"color_scheme": "light", **settings}
    page = browser.new_context(viewport={"width": size[0], "height": size[1]}, **settings).new_page()
    page.goto(f"{stack.url}{path}")
    expect(page.get_by_test_id("connection").first).to_have_text("Connected")
    return page


if __name__ == "__main__":
    if not CHART.is_dir():
        sys.exit(f"{CHART} does not exist, so the pictures would have no chart; run `npm ci`.")
    take_all()

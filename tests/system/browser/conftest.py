"""A Chromium, and a desk on an idle, empty and fast product."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, expect, sync_playwright

from tests import chromium
from tests.stack import Stack
from tests.system.browser.complaints import watched_pages
from tests.system.browser.desk import Desk, Product
from tests.waiting import HANG_SECONDS

CALM = {"reduced_motion": "reduce"}
# A page that shows something else than expected costs this long: many times what the slowest machine takes to show it.
MISMATCH_SECONDS = 120.0
expect.set_options(timeout=MISMATCH_SECONDS * 1000)


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        browser = chromium.launch(playwright)
        yield browser
        browser.close()


@pytest.fixture
def product(stack: Stack) -> Product:
    """The running product: demo feed purged and idle, two rows per second."""
    product = Product(stack)
    product.clear()
    return product


@pytest.fixture(scope="module")
def library(stack: Stack) -> Product:
    """The running product, idle, with sixty shown invoices: for tests that only read."""
    product = Product(stack)
    product.clear()
    product.issue(60)
    return product


@pytest.fixture
def open_context(browser: Browser) -> Iterator[Callable[..., BrowserContext]]:
    """Opens a browser's profile: where a test does not ask for motion, nothing moves, which a machine without a graphics
    processor would draw by itself.
    """
    contexts: list[BrowserContext] = []

    def open_one(**options: Any) -> BrowserContext:
        settings: dict[str, Any] = {"viewport": {"width": 1440, "height": 900}, "locale": "en-US", **CALM}
        contexts.append(browser.new_context(**(settings | options)))
        contexts[-1].set_default_timeout(HANG_SECONDS * 1000)
        return contexts[-1]

    yield open_one
    for context in contexts:
        context.close()


@pytest.fixture
def open_desk(open_context: Callable[..., BrowserContext], stack: Stack) -> Iterator[Callable[..., Desk]]:
    """Opens a dashboard; at the end, none may have complained on its console."""
    with watched_pages(open_context, stack.url) as open_page:
        yield lambda path="/", **options: Desk(open_page(path, **options))


@pytest.fixture
def desk(product: Product, open_desk: Callable[..., Desk]) -> Desk:
    """One dashboard, connected, on an empty feed."""
    desk = open_desk()
    desk.expect_connection("Connected")
    return desk


@pytest.fixture
def reader(library: Product, open_desk: Callable[..., Desk]) -> Desk:
    """One dashboard, connected, on the library."""
    desk = open_desk()
    desk.expect_connection("Connected")
    return desk

"""The admin and the API's pages in a real browser: the content security policy holds, and no other host is contacted."""

from __future__ import annotations

import json
from collections.abc import Iterator
from urllib.parse import quote, urlsplit

import httpx
import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from tests.stack import Stack
from tests.waiting import HANG_SECONDS, wait_for

PAGES = (
    "/admin/",
    "/admin/invoices/invoice/",
    "/admin/invoices/invoice/?currency=SAR&total_from=100&totals=1",
    "/admin/invoices/run/",
    "/admin/invoices/series/",
    "/admin/invoices/totals/",
    "/admin/streaming/cursor/",
    "/admin/streaming/cursor/demo/change/",
    "/admin/streaming/skip/",
    "/admin/auth/user/1/change/",
    "/admin/auth/group/1/change/",
    "/admin/accounts/apitoken/add/",
    "/admin/password_change/",
)


@pytest.fixture(scope="module")
def context(stack: Stack, browser: Browser) -> Iterator[BrowserContext]:
    """A browser signed in to the admin of a product with 120 invoices."""
    body = {"rate_per_second": 120, "duration_seconds": 1}
    httpx.post(f"{stack.url}/api/control/reset", json={"purge": True}, timeout=HANG_SECONDS).raise_for_status()
    httpx.post(f"{stack.url}/api/control/start", json=body, timeout=HANG_SECONDS).raise_for_status()
    wait_for(lambda: stack.get_json("/api/stats")["invoice_count"] == 120, "120 invoices")
    context = browser.new_context(base_url=stack.url, viewport={"width": 1440, "height": 900})
    context.set_default_timeout(HANG_SECONDS * 1000)
    sign_in(context, json.loads((stack.data_dir / "secrets.json").read_text())["ADMIN_PASSWORD"])
    yield context
    context.close()


def sign_in(context: BrowserContext, password: str) -> None:
    page = context.new_page()
    page.goto("/admin/")
    page.get_by_label("Username").fill("admin")
    page.get_by_label("Password").fill(password)
    page.get_by_role("button", name="Log in").click()
    expect(page.get_by_text("Live state")).to_be_visible()
    page.close()


@pytest.fixture
def invoice_count(stack: Stack, context: BrowserContext) -> int:
    """What the admin lists: 120 of the demo feed, and what earlier tests have sent to the live one, credit notes too."""
    return sum(count_rows(stack, feed) for feed in ("demo", "live"))


def count_rows(stack: Stack, feed: str) -> int:
    """All invoices and credit notes of `feed`, page by page."""
    count, place = 0, ""
    while True:
        page = stack.get_json(f"/api/invoices?feed={feed}&limit=200{place}")
        count += len(page["items"])
        if page["next"] is None:
            return count
        place = f"&cursor={quote(page['next'])}"


@pytest.fixture
def complaints() -> list[str]:
    return []


@pytest.fixture
def page(context: BrowserContext, complaints: list[str], stack: Stack) -> Iterator[Page]:
    """A page; what it complains of, asks of other hosts, or does not get is noted in `complaints`."""
    page = context.new_page()
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.on("console", lambda message: complaints.append(message.text) if message.type == "error" else None)
    page.on("request", lambda request: complaints.append(request.url) if is_elsewhere(request.url, stack) else None)
    yield page
    page.close()


def is_elsewhere(url: str, stack: Stack) -> bool:
    parts = urlsplit(url)
    return parts.scheme not in ("data", "blob") and parts.netloc != urlsplit(stack.url).netloc


def test_no_page_of_the_admin_breaks_the_policy(page: Page, complaints: list[str]) -> None:
    for path in PAGES:
        answer = page.goto(path)
        assert answer is not None
        assert answer.status == 200, path
        page.wait_for_load_state("networkidle")
        assert complaints == [], path


def test_the_widgets_of_the_admin_work_under_the_policy(page: Page, complaints: list[str], invoice_count: int) -> None:
    page.goto("/admin/accounts/apitoken/add/")
    page.get_by_label("User").select_option(label="admin")
    page.goto("/admin/invoices/invoice/")
    page.locator("#action-toggle").check()
    expect(page.get_by_text(f"Select all matching invoices ({invoice_count})")).to_be_visible()
    assert complaints == []


def test_invoices_are_filtered_added_up_and_exported(page: Page, complaints: list[str], invoice_count: int) -> None:
    page.goto("/admin/invoices/invoice/")
    page.get_by_label("from").nth(1).fill("0.01")
    page.get_by_role("button", name="Apply").nth(1).click()
    page.get_by_role("link", name="Totals of the filtered invoices").click()
    counts = page.locator("#totals tbody tr td:nth-of-type(1)")  # a row for each currency
    expect(counts.first).to_be_visible()
    assert sum(int(count) for count in counts.all_text_contents()) == invoice_count
    page.get_by_role("link", name="Older").click()
    expect(page.locator("#result_list tbody tr")).to_have_count(min(invoice_count - 100, 100))
    page.get_by_label("Select this object for an action").first.check()
    page.locator("select[name=action]").select_option(label="Export as CSV")
    with page.expect_download() as download:
        page.get_by_role("button", name="Go").click()
    assert len(download.value.path().read_text().splitlines()) == 2
    assert complaints == []


def test_the_pages_of_the_api_work_and_bring_nothing_from_another_host(page: Page, complaints: list[str]) -> None:
    page.goto("/api/docs")
    operation = page.locator("#operations-stats-get_stats")
    operation.click()
    expect(operation.get_by_text("at most a second older than the last commit")).to_be_visible()
    operation.get_by_role("button", name="Try it out").click()
    operation.get_by_role("button", name="Execute").click()
    expect(operation.get_by_text('"invoice_count": 120')).to_be_visible()
    assert complaints == []

"""The pages of the outbox: nothing is cut off, axe finds nothing, and a dead message can be retried."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import BrowserContext, expect

from tests.stack import Stack
from tests.system.browser.axe import violations
from tests.system.browser.desk import Desk
from tests.waiting import wait_for

DEAD = """
from notifications.models import Notification
from runtime.clock import ClockTimestamp
Notification.objects.create(recipient="a-long-name-in-accounting@department.example.com", sender="shop@example.com", size=30,
    subject="A subject of many words, which does not fit into one line", content=b"Subject: x\\r\\n\\r\\nText.\\r\\n",
    state="dead", reason="550 5.1.1 no such user", attempts=1, ended_at=ClockTimestamp())
"""


@pytest.fixture(scope="module")
def mails(stack: Stack) -> Stack:
    """A product with a delivered message and several dead ones."""
    stack.manage("sendtestemail", "ann@example.com")
    wait_for(lambda: stack.get_json("/api/notifications?state=sent")["items"], "a delivered message")
    for _ in range(4):
        stack.manage("shell", "-v", "0", "-c", DEAD)
    return stack


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [390, 1440])
def test_the_pages_fit_and_are_accessible(
    open_desk: Callable[..., Desk], open_context: Callable[..., BrowserContext], mails: Stack, width: int, scheme: str
) -> None:
    context = open_context(viewport={"width": width, "height": 844}, color_scheme=scheme)
    page = open_desk("/system/mail/", context=context).page
    expect(page.get_by_test_id("mail-row").first).to_be_visible()
    assert violations(page) == []
    assert not page.evaluate("document.documentElement.scrollWidth > innerWidth")
    page.get_by_test_id("mail-row").first.get_by_role("link").click()
    expect(page.get_by_test_id("mail-message")).to_contain_text("Text.")
    assert violations(page) == []
    assert not page.evaluate("document.documentElement.scrollWidth > innerWidth")


def test_a_dead_message_is_retried(open_desk: Callable[..., Desk], mails: Stack) -> None:
    page = open_desk("/system/mail/?state=dead").page
    row = page.get_by_test_id("mail-row").first
    path = row.get_by_role("link").get_attribute("href")
    row.get_by_role("button", name="Retry").click()
    expect(page.get_by_test_id("mail-row")).to_have_count(3)
    page.goto(f"{mails.url}{path}")
    expect(page.get_by_test_id("mail-message")).not_to_contain_text("Dead")


def test_the_system_page_leads_to_the_mail(open_desk: Callable[..., Desk], mails: Stack) -> None:
    page = open_desk("/system/").page
    page.get_by_role("link", name="Messages").click()
    expect(page.get_by_role("heading", name="Mail")).to_be_visible()

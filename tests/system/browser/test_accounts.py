"""The pages of sign-up, password reset and invitations in a browser: their forms work, nothing is cut off, axe finds nothing."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator
from typing import Literal

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from tests.stack import Stack
from tests.system.browser.axe import violations
from tests.waiting import wait_for

OpenContext = Callable[..., BrowserContext]
PASSWORD = "Vf8-kestrel-harbour"
SIZES = {390: 844, 1440: 900, 3840: 2160}
THEMES: tuple[Literal["light", "dark"], ...] = ("light", "dark")
# An open invitation for an address without a user, one for an address with one, and one that was withdrawn.
INVITE = """
from django.contrib.auth.models import User
from stores.members.accounts import open_account
from stores.members.callers import Caller
from stores.members.invitations import invite
from stores.members.models import Invitation
from stores.members.roles import Role
user = User.objects.create_user("olga", email="olga@example.com", password={password!r})
account = open_account(user, "A company with a name of many words, Limited").account
caller = Caller(user, {{account.pk: Role.OWNER}})
other = User.objects.create_user("paul", email="paul@example.com", password={password!r})
for email in ("new@example.com", "paul@example.com", "gone@example.com"):
    invite(caller, account, email=email, role=Role.VIEWER)
Invitation.objects.filter(email="gone@example.com").withdraw()
"""


@pytest.fixture(scope="module")
def desk() -> Iterator[Stack]:
    """A product of its own, which asks visitors to sign in and where everyone may sign up."""
    settings = {"INVOICEDASH_OPEN": "0", "SIGNUP_OPEN": "1", "ADMIN_PASSWORD": PASSWORD}
    with Stack(env=settings) as running:
        assert running.manage("shell", "-v", "0", "-c", INVITE.format(password=PASSWORD)).returncode == 0
        yield running


def link_in_mail(desk: Stack, to: str) -> str:
    """The link in the newest mail to that address, which is kept as a file."""

    def find() -> str | None:
        files = sorted((desk.data_dir / "mail").glob("*.eml"), key=lambda path: -int(path.stem))
        text = next((text for text in (path.read_text() for path in files) if f"To: {to}" in text), "")
        return next((line for line in text.splitlines() if line.startswith(f"{desk.url}/accounts/")), None)

    return str(wait_for(find, f"a mail to {to}"))


def look(page: Page) -> None:
    """Nothing is wrong with the page, on any width and in both themes."""
    for (width, height), theme in itertools.product(SIZES.items(), THEMES):
        page.set_viewport_size({"width": width, "height": height})
        page.emulate_media(color_scheme=theme)
        assert violations(page) == []
        assert not page.evaluate("document.documentElement.scrollWidth > innerWidth")


def type_and_send(page: Page, *values: str) -> None:
    """Fill the form by keyboard alone: its first field has the focus, some time after the page is there."""
    page.wait_for_function("document.activeElement?.matches('input')")
    for value in values:
        page.keyboard.type(value)
        page.keyboard.press("Tab")
    page.keyboard.press("Enter")


def test_a_visitor_signs_up_by_keyboard_and_confirms(desk: Stack, open_context: OpenContext) -> None:
    page = open_context().new_page()
    page.goto(f"{desk.url}/login/")
    look(page)
    page.get_by_role("link", name="Create an account").click()
    look(page)
    type_and_send(page, "Café Nord", "ann@example.com", "12345678", "12345679")
    expect(page.get_by_role("alert")).not_to_have_count(0)
    look(page)
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    page.get_by_label("Password again").fill(PASSWORD)
    page.get_by_role("button", name="Create the account").click()
    expect(page.get_by_role("heading", name="Look into your mail")).to_be_visible()
    look(page)
    page.goto(link_in_mail(desk, "ann@example.com"))
    look(page)
    page.get_by_role("button", name="Yes, confirm").click()
    page.wait_for_url("**/stores/")
    assert page.request.get(f"{desk.url}/api/account").json()["role"] == "owner"


def test_a_password_is_reset_by_keyboard(desk: Stack, open_context: OpenContext) -> None:
    page = open_context().new_page()
    page.goto(f"{desk.url}/login/")
    page.get_by_role("link", name="Forgot the password?").click()
    look(page)
    type_and_send(page, "olga@example.com")
    expect(page.get_by_role("heading", name="Look into your mail")).to_be_visible()
    look(page)
    link = link_in_mail(desk, "olga@example.com")
    page.goto(link)
    look(page)
    type_and_send(page, "Qx2-lantern-meadow", "Qx2-lantern-meadow")
    expect(page.get_by_role("heading", name="The password is set")).to_be_visible()
    look(page)
    page.goto(link)
    expect(page.get_by_role("heading", name="This link is not valid")).to_be_visible()
    look(page)


def test_a_new_person_accepts_an_invitation_by_keyboard(desk: Stack, open_context: OpenContext) -> None:
    page = open_context().new_page()
    link = link_in_mail(desk, "new@example.com")
    page.goto(link)
    look(page)
    type_and_send(page, "new", PASSWORD, PASSWORD)
    page.wait_for_url("**/stores/")
    page.goto(link)
    expect(page.get_by_role("heading", name="This invitation is not valid")).to_be_visible()
    look(page)


def test_a_user_signs_in_and_accepts_an_invitation(desk: Stack, open_context: OpenContext) -> None:
    page = open_context().new_page()
    page.goto(link_in_mail(desk, "gone@example.com"))
    expect(page.get_by_text("It was withdrawn")).to_be_visible()
    page.goto(link_in_mail(desk, "paul@example.com"))
    look(page)
    page.get_by_role("link", name="Sign in").click()
    type_and_send(page, "paul@example.com", PASSWORD)
    expect(page.get_by_text("You are signed in as paul")).to_be_visible()
    look(page)
    page.get_by_role("button", name="Accept").click()
    page.wait_for_url("**/stores/")
    assert page.request.get(f"{desk.url}/api/account").json()["role"] == "viewer"

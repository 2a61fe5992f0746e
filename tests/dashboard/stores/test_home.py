"""Where a user begins: members with shops at their stores, all others at the dashboard; the menu has what they may open."""

from __future__ import annotations

import re

import pytest
from django.contrib.auth.models import Group, User
from django.test import Client
from pytest_django import Settings

from stores.members.models import Membership
from stores.members.roles import Role
from stores.models import Account
from stores.opening import Wanted, open_store

pytestmark = pytest.mark.django_db
PASSWORD = "a password for tests"


@pytest.fixture(autouse=True)
def closed(settings: Settings) -> None:
    settings.INVOICEDASH_OPEN = False


def make_user(*, is_member: bool, platform: str = "woocommerce", group: str = "") -> User:
    user = User.objects.create_user("ann", password=PASSWORD)
    if is_member:
        account = Account.objects.create(slug="nordwind", name="Nordwind")
        open_store(account, Wanted(name="Nord Shop", currency="EUR", platform=platform))
        Membership.objects.create(account=account, user=user, role=Role.VIEWER)
    if group:
        user.groups.add(Group.objects.get(name=group))
    return user


def log_in(next_page: str = "") -> str:
    fields = {"username": "ann", "password": PASSWORD, "next": next_page}
    return str(Client().post("/login/", fields)["Location"])


def menu_of(user: User, path: str) -> list[str]:
    client = Client()
    client.force_login(user)
    page = client.get(path).content.decode()
    menu = page[page.index("<nav id=") : page.index('<div class="menu-foot">')]
    return re.findall(r"</svg>([^<]+)</a>", menu)


def test_a_member_with_a_shop_is_led_to_the_stores() -> None:
    make_user(is_member=True, group="viewer")
    assert log_in() == "/stores/"
    assert log_in("/") == "/stores/"


def test_the_page_that_asked_for_the_login_goes_before_that() -> None:
    make_user(is_member=True)
    assert log_in("/system/") == "/system/"


@pytest.mark.parametrize(("is_member", "platform"), [(False, ""), (True, "manual")])
def test_a_user_without_a_shop_is_led_to_the_dashboard(is_member: bool, platform: str) -> None:
    make_user(is_member=is_member, platform=platform, group="viewer")
    assert log_in() == "/"


def test_a_member_who_may_not_view_the_feeds_has_the_stores_as_home() -> None:
    client = Client()
    client.force_login(make_user(is_member=True))
    assert client.get("/")["Location"] == "/stores/"


def test_a_user_in_no_account_and_no_group_is_refused() -> None:
    client = Client()
    client.force_login(make_user(is_member=False))
    assert client.get("/").status_code == 403
    assert "You are not a member of an account" in client.get("/stores/").content.decode()


def test_the_menu_of_a_member_begins_with_the_stores_and_has_no_page_that_is_refused() -> None:
    menu = menu_of(make_user(is_member=True), "/stores/")
    assert menu[0] == "Stores"
    assert not {"Dashboard", "Wall", "System", "Revenue", "Admin"} & set(menu)


def test_the_menu_of_a_user_of_the_groups_begins_with_the_dashboard() -> None:
    menu = menu_of(make_user(is_member=False, group="viewer"), "/")
    assert menu[:1] == ["Dashboard"]
    assert "Stores" in menu
    assert "Admin" not in menu


def test_the_stores_come_first_for_a_viewer_of_the_feeds_who_has_shops() -> None:
    menu = menu_of(make_user(is_member=True, group="viewer"), "/")
    assert menu[:2] == ["Stores", "Dashboard"]


def test_the_menu_goes_from_sales_to_files_to_operation() -> None:
    menu = menu_of(make_user(is_member=False, group="operator"), "/")
    assert [entry for entry in menu if entry not in ("Admin", "API docs")] == [
        "Dashboard", "Wall", "Revenue", "Stores", "Imports", "Exports", "System", "Account",
    ]  # fmt: skip

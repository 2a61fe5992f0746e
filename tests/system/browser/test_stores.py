"""The pages of stores: the overview follows its shops live, the wizard connects one, the account invites members."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from integrations.woocommerce.fake.goods import ARTICLES, Item
from integrations.woocommerce.fake.server import ShopServer
from integrations.woocommerce.fake.shop import KEY, SECRET, FakeShop
from tests.stack import Stack
from tests.system.browser.axe import violations
from tests.system.browser.complaints import watched_pages
from tests.waiting import wait_for

OpenContext = Callable[..., BrowserContext]
ITEM = Item(ARTICLES[0], 1)
SIDEWAYS = "document.documentElement.scrollWidth > innerWidth"
MAKE_MANY = """
from stores.models import Store
Store.objects.bulk_create(
    Store(slug=f"branch-{number}", name=f"Branch {number}", currency="EUR", platform="woocommerce", status="connecting")
    for number in range(1000)
)
"""
MAKE_MEMBERS = """
from django.contrib.auth.models import User
from stores.members.models import Membership
for name, role in (("maria", "owner"), ("jonas", "viewer")):
    user = User.objects.create_user(name, email=f"{name}@example.com")
    Membership.objects.create(account_id=1, user=user, role=role)
"""


@pytest.fixture(scope="module")
def desk() -> Iterator[Stack]:
    """A product of its own: shops change the menu of all pages."""
    with Stack() as stack:
        yield stack


@pytest.fixture(scope="module")
def shop() -> Iterator[FakeShop]:
    with ShopServer(FakeShop()) as server:
        server.shop.place(ITEM)
        yield server.shop


@pytest.fixture
def open_page(open_context: OpenContext, desk: Stack) -> Iterator[Callable[..., Page]]:
    """Opens a page; at the end, none may have complained on its console."""
    with watched_pages(open_context, desk.url) as open_one:
        yield open_one


def check(page: Page) -> None:
    """Nothing scrolls sideways, and axe finds nothing."""
    assert violations(page) == []
    assert not page.evaluate(SIDEWAYS)


def test_the_first_visit_leads_to_the_connection_of_a_shop(open_page: Callable[..., Page]) -> None:
    page = open_page("/stores/")
    expect(page.get_by_role("heading", name="No shop is connected yet")).to_be_visible()
    check(page)
    page.get_by_role("link", name="Connect the first store").click()
    page.get_by_test_id("connect-shopify").click()
    expect(page.get_by_label("Domain of the shop")).to_be_visible()
    expect(page.get_by_label("Address of the shop")).to_be_hidden()
    check(page)
    page.go_back()
    check(page)
    page.get_by_test_id("connect-woocommerce").click()
    expect(page.get_by_text("Shops on the internet cannot reach this installation")).to_be_visible()


def fill_shop(page: Page, shop: FakeShop, *, secret: str = SECRET) -> None:
    page.get_by_label("Address of the shop").fill(shop.url)
    page.get_by_label("Consumer key").fill(KEY)
    page.get_by_label("Consumer secret").fill(secret)
    page.get_by_role("button", name="Connect", exact=True).click()


def test_a_newcomer_connects_a_shop_and_sees_an_order_arrive(open_page: Callable[..., Page], shop: FakeShop) -> None:
    page = open_page("/stores/connect/?step=shop")
    page.get_by_label("Name of the store").fill("Tea Shop")
    page.get_by_label("Currency of the shop").select_option("EUR")
    fill_shop(page, shop, secret="cs_wrong")
    expect(page.get_by_text("Copy both keys again")).to_be_visible()
    check(page)
    fill_shop(page, shop)
    lint = page.get_by_test_id("seller-lint")
    expect(lint.locator("[data-field='seller.vat_id']")).to_be_visible()
    check(page)
    for name, value in (("street", "Hafenstr. 1"), ("postcode", "24103"), ("city", "Kiel"), ("vat_id", "DE123456789")):
        page.locator(f"[data-form=seller] [name={name}]").fill(value)
    page.locator("[data-form=seller] [name=country]").select_option("DE")
    expect(lint).to_have_attribute("data-lint", "complete")
    page.get_by_role("button", name="Save and go on").click()
    expect(page.locator("[data-check=webhooks]")).to_have_attribute("data-state", "good")
    order = shop.place(ITEM)
    shop.deliver()
    expect(page.get_by_text(f"Order {order.id} arrived.")).to_be_visible()
    expect(page.get_by_test_id("arrived-orders")).to_contain_text("invoiced as TEA-SHOP-")
    check(page)
    page.get_by_role("button", name="Go on").click()
    page.get_by_role("button", name="Import").click()
    expect(page.get_by_test_id("import-progress")).to_contain_text("Done: 2 orders read")
    check(page)


@pytest.mark.parametrize(
    ("address", "advice"),
    [
        ("http://127.0.0.1:9", "Check the spelling of the address."),
        ("ftp://shop.example.com", "Enter the https address that your customers open"),
    ],
)
def test_a_wrong_address_says_what_to_do(
    open_page: Callable[..., Page], shop: FakeShop, address: str, advice: str
) -> None:
    page = open_page("/stores/connect/?step=shop")
    page.get_by_label("Name of the store").fill("Coffee Shop")
    page.get_by_label("Address of the shop").fill(address)
    page.get_by_label("Consumer key").fill(KEY)
    page.get_by_label("Consumer secret").fill(SECRET)
    page.get_by_role("button", name="Connect", exact=True).click()
    expect(page.get_by_text(advice)).to_be_visible()


def test_keys_that_may_only_read_say_what_to_do(open_page: Callable[..., Page], shop: FakeShop) -> None:
    page = open_page("/stores/connect/?step=shop")
    page.get_by_label("Name of the store").fill("Read Shop")
    shop.can_write = False
    try:
        fill_shop(page, shop)
        expect(page.get_by_text("set its permission to Read/Write")).to_be_visible()
    finally:
        shop.can_write = True


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [390, 1440])
def test_the_overview_shows_an_order_while_it_is_open(
    open_page: Callable[..., Page], shop: FakeShop, width: int, scheme: str
) -> None:
    page = open_page("/stores/", viewport={"width": width, "height": 844}, color_scheme=scheme)
    card = page.locator("[data-store=tea-shop]")
    expect(page.get_by_test_id("connection")).to_have_text("Connected")
    expect(card.get_by_test_id("store-health")).to_contain_text("last order")
    before = card.locator("[data-card=orders]").inner_text()
    shop.place(ITEM)
    shop.deliver()
    expect(card.locator("[data-card=orders]")).not_to_have_text(before)
    check(page)


def test_a_store_whose_keys_are_revoked_comes_first_and_is_connected_again(
    open_page: Callable[..., Page], desk: Stack
) -> None:
    statement = (
        "from django.db import connection as c\nwith c.cursor() as k:\n"
        " k.execute(\"update syncing_syncstate set status='revoked', next_poll_at = now() + interval '1 day'\")\n"
    )
    page = open_page("/stores/")
    desk.manage("shell", "-v", "0", "-c", statement)
    expect(page.locator("[data-store=tea-shop]")).to_have_attribute("data-health", "error")
    expect(page.locator("[data-store=tea-shop]").get_by_text("make new ones and connect again")).to_be_visible()
    check(page)
    page.get_by_role("link", name="Connect again").click()
    expect(page.get_by_role("heading", name="Your WooCommerce shop")).to_be_visible()


def approve_in_shop(page: Page, shop: FakeShop) -> None:
    page.locator("[name=way][value=approve]").check()
    page.get_by_label("Address of the shop").fill(shop.url)
    page.get_by_role("button", name="Go to the shop to approve").click()


def test_the_owner_decides_in_the_shop_and_is_led_back(open_page: Callable[..., Page], shop: FakeShop) -> None:
    page = open_page("/stores/connect/?step=shop")
    page.get_by_label("Name of the store").fill("Bean Shop")
    shop.is_approving = False
    try:
        approve_in_shop(page, shop)
        expect(page.get_by_text("The shop did not approve the access.")).to_be_visible()
        check(page)
    finally:
        shop.is_approving = True
    approve_in_shop(page, shop)
    expect(page.get_by_test_id("seller-lint")).to_be_visible()
    expect(page).to_have_url(re.compile(r"store=bean-shop.*success=1"))


def test_the_overview_says_when_its_figures_are_old(open_page: Callable[..., Page], desk: Stack) -> None:
    page = open_page("/stores/")
    expect(page.get_by_test_id("connection")).to_have_text("Connected")
    page.context.set_offline(True)
    page.evaluate("() => window.dispatchEvent(new Event('offline'))")
    desk.kill("web")
    expect(page.get_by_test_id("connection")).to_have_text("Stale")
    expect(page.get_by_text("The figures below are from then")).to_be_visible()
    check(page)
    page.context.set_offline(False)
    expect(page.get_by_test_id("connection")).to_have_text("Connected")


def test_members_are_invited_changed_and_removed(open_page: Callable[..., Page], desk: Stack) -> None:
    desk.manage("shell", "-v", "0", "-c", MAKE_MEMBERS)
    page = open_page("/account/")
    rows = page.get_by_test_id("member-row")
    expect(rows.filter(has_text="maria")).to_contain_text("the last owner cannot leave")
    expect(page.get_by_test_id("plan")).to_have_text("Pro")
    check(page)
    page.get_by_label("E-mail address").fill("ann@example.com")
    page.get_by_role("button", name="Send invitation").click()
    expect(page.get_by_test_id("invited")).to_contain_text("ann@example.com is invited as viewer")
    wait_for(lambda: desk.get_json("/api/notifications")["items"], "the mail of the invitation")
    page.get_by_label("Role of jonas").select_option("owner")
    expect(page.get_by_role("button", name="Remove maria")).to_be_visible()
    page.get_by_role("button", name="Remove jonas").click()
    check(page)
    page.get_by_role("dialog").get_by_role("button", name="Remove").click()
    expect(rows).to_have_count(1)


@pytest.mark.parametrize("width", [390, 1440])
def test_the_account_fits(open_page: Callable[..., Page], width: int) -> None:
    check(open_page("/account/", viewport={"width": width, "height": 844}, color_scheme="dark"))


def test_the_overview_is_usable_with_a_thousand_stores(open_page: Callable[..., Page], desk: Stack) -> None:
    desk.manage("shell", "-v", "0", "-c", MAKE_MANY)
    page = open_page("/stores/")
    cards = page.get_by_test_id("store-card")
    expect(page.locator("[data-bind=totals]")).to_contain_text("1,00")
    expect(cards).to_have_count(60)
    page.get_by_role("button", name="Show 60 more").click()
    expect(cards).to_have_count(120)
    expect(cards.nth(60).get_by_role("link").first).to_be_focused()
    page.get_by_label("Search stores").fill("branch 77")
    expect(cards).to_have_count(11)
    expect(page.get_by_test_id("connection")).to_have_text("Connected")
    page.get_by_label("Search stores").fill("nothing of that name")
    page.get_by_role("button", name="Show all stores").click()
    expect(cards.first).to_be_visible()
    check(page)

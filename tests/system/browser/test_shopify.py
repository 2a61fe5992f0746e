"""A shop of Shopify is connected by the wizard, its earlier orders are imported, and a removed app says what to do."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import timedelta

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from integrations.fakes.clock import real_clock
from integrations.shopify.fake.app import App
from integrations.shopify.fake.goods import MUG, Item
from integrations.shopify.fake.server import ShopifyServer
from integrations.shopify.fake.shop import FakeShopify
from tests.stack import Stack
from tests.system.browser.axe import violations
from tests.system.browser.complaints import watched_pages

DOMAIN = "tea-shop.myshopify.com"
APP = App(client_id="browser-client", secret="shpss_browser")
SIDEWAYS = "document.documentElement.scrollWidth > innerWidth"
# More than an import asks in the time of the test.
BUSY_TIMES = 200


@pytest.fixture(scope="module")
def shop() -> Iterator[FakeShopify]:
    """A shop with an order of 70 days ago, which the app may not see, and one of today."""
    shop = FakeShopify(DOMAIN, app=APP)
    with ShopifyServer(shop):
        old = shop.place(Item(MUG))
        old.created_at = old.changed_at = real_clock() - timedelta(days=70)
        shop.place(Item(MUG, 2))
        yield shop


@pytest.fixture(scope="module")
def desk(shop: FakeShopify) -> Iterator[Stack]:
    """A product whose shops of Shopify are all at the fake one."""
    environment = {
        "SHOPIFY_BASE_URL": shop.url, "SHOPIFY_CLIENT_ID": APP.client_id, "SHOPIFY_CLIENT_SECRET": APP.secret,
    }  # fmt: skip
    with Stack(env=environment) as stack:
        yield stack


@pytest.fixture
def open_page(open_context: Callable[..., BrowserContext], desk: Stack) -> Iterator[Callable[..., Page]]:
    """Opens a page; at the end, none may have complained on its console."""
    with watched_pages(open_context, desk.url) as open_one:
        yield open_one


def check(page: Page) -> None:
    """Nothing scrolls sideways, and axe finds nothing."""
    assert violations(page) == []
    assert not page.evaluate(SIDEWAYS)


def approve(page: Page) -> None:
    page.get_by_label("Domain of the shop").fill(DOMAIN)
    page.get_by_role("button", name="Go to Shopify to approve").click()


def test_a_shop_that_grants_too_little_names_the_scopes(open_page: Callable[..., Page], shop: FakeShopify) -> None:
    page = open_page("/stores/connect/?platform=shopify&step=shop")
    page.get_by_label("Name of the store").fill("Tea Shop")
    page.get_by_label("Currency of the shop").select_option("EUR")
    shop.grant.scopes = ("read_orders",)
    try:
        approve(page)
        expect(page.get_by_text("read_inventory")).to_be_visible()
        check(page)
    finally:
        shop.grant.scopes = None


def test_the_owner_approves_and_sees_an_order_arrive(open_page: Callable[..., Page], shop: FakeShopify) -> None:
    page = open_page("/stores/connect/?store=tea-shop")
    approve(page)
    expect(page.get_by_test_id("seller-lint")).to_be_visible()
    page.get_by_role("button", name="Later").click()
    expect(page.get_by_text("Shopify accepts the app.")).to_be_visible()
    expect(page.locator("[data-check=webhooks]")).to_have_attribute("data-state", "good")
    order = shop.place(Item(MUG))
    shop.deliver()
    expect(page.get_by_text(f"Order #{order.number} arrived.")).to_be_visible()
    check(page)


def test_the_page_of_the_store_has_the_number_of_an_order_with_one_sign(
    open_page: Callable[..., Page], shop: FakeShopify
) -> None:
    page = open_page("/stores/tea-shop/")
    rows = page.get_by_test_id("order-row")
    expect(rows.first).to_contain_text("#")
    order = shop.place(Item(MUG))
    shop.deliver()
    expect(rows.filter(has_text=f"#{order.number}")).to_be_visible()
    expect(rows.filter(has_text="##")).to_have_count(0)
    check(page)


def test_an_import_that_waits_for_the_shop_is_stopped(open_page: Callable[..., Page], shop: FakeShopify) -> None:
    page = open_page("/stores/connect/?store=tea-shop&step=history")
    shop.bulk.faults = ["busy"] * BUSY_TIMES
    try:
        page.get_by_role("button", name="Import").click()
        expect(page.get_by_test_id("import-progress")).to_contain_text("The shop prepares its orders.")
        check(page)
        page.reload()
        expect(page.get_by_test_id("import-progress")).to_contain_text("The shop prepares its orders.")
        page.get_by_role("button", name="Stop").click()
        expect(page.get_by_test_id("import-progress")).to_contain_text("Stopped: 0 orders read")
    finally:
        shop.bulk.faults = []
    expect(page.get_by_role("button", name="Stop")).to_be_hidden()


@pytest.mark.parametrize(("width", "scheme"), [(390, "dark"), (1440, "light")])
def test_an_import_says_what_the_app_may_not_see(
    open_page: Callable[..., Page], shop: FakeShopify, width: int, scheme: str
) -> None:
    path = "/stores/connect/?store=tea-shop&step=history"
    page = open_page(path, viewport={"width": width, "height": 844}, color_scheme=scheme)
    since = real_clock() - timedelta(days=90)
    page.get_by_label("Orders changed since").fill(since.strftime("%Y-%m-%d"))
    page.get_by_role("button", name="Import").click()
    expect(page.get_by_test_id("import-progress")).to_contain_text("Done: 3 orders read")
    expect(page.get_by_test_id("import-progress")).to_contain_text("orders of the last 60 days only")
    expect(page.get_by_role("progressbar", name="Import")).to_have_js_property("value", 1)
    check(page)


def test_a_removed_app_says_how_it_is_installed_again(open_page: Callable[..., Page], shop: FakeShopify) -> None:
    page = open_page("/stores/")
    shop.uninstall()
    shop.deliver()
    card = page.locator("[data-store=tea-shop]")
    expect(card).to_contain_text("the app was removed in the shop")
    check(page)
    card.get_by_role("link", name="Connect again").click()
    approve(page)
    expect(page.get_by_test_id("seller-lint")).to_be_visible()

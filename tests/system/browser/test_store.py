"""The pages of a store in a browser: its orders arrive live with their accounts, and deliveries are replayed."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from integrations.fakes.clock import real_clock
from integrations.woocommerce.fake.goods import MUG, Item
from integrations.woocommerce.fake.orders import FakeOrder
from integrations.woocommerce.fake.server import ShopServer
from integrations.woocommerce.fake.shop import KEY, SECRET, FakeShop
from tests.stack import Stack
from tests.system.browser.axe import violations
from tests.system.browser.complaints import watched_pages
from tests.waiting import wait_for

OpenContext = Callable[..., BrowserContext]
LIVE, INBOX, EMPTY = "/stores/main/", "/stores/main/inbox/", "/stores/empty-shop/"
OPEN_EMPTY = """
from stores.models import Account
from stores.opening import Wanted, open_store
open_store(Account.objects.get(slug="main"), Wanted(name="Empty Shop", currency="EUR"))
"""


@dataclass(frozen=True)
class Sold:
    """A product whose store `main` has a shop with a paid, a refunded and a waiting order."""

    stack: Stack
    shop: FakeShop
    paid: FakeOrder


def refund(shop: FakeShop, order: FakeOrder) -> None:
    """Refund all of the order, later than its last change: of two in one second, WooCommerce sends one webhook."""
    wait_for(lambda: real_clock() >= order.changed_at + timedelta(seconds=1), "the next second of the shop")
    shop.refund(order)


@pytest.fixture(scope="module")
def sold() -> Iterator[Sold]:
    shop = FakeShop()
    with Stack(env={"INTAKE_ALLOW_PRIVATE": "1"}) as stack, ShopServer(shop):
        done = stack.manage("shell", "-v", "0", "-c", OPEN_EMPTY)
        assert done.returncode == 0, done.stderr
        keys = ("--consumer-key", KEY, "--consumer-secret", SECRET)
        done = stack.manage("connect_store", "main", "--url", shop.url, *keys)
        assert done.returncode == 0, done.stderr
        wait_for(lambda: any(hook.status == "active" for hook in shop.hooks.all.values()), "webhooks of the shop")
        paid = shop.place(Item(MUG, 3), has_shipping=True)
        refunded = shop.place(Item(MUG))
        shop.place(Item(MUG), is_paid=False)
        shop.deliver()
        refund(shop, refunded)
        shop.deliver()
        wait_for(lambda: len(stack.get_json("/api/invoices?feed=live")["items"]) == 3, "the documents of the orders")
        yield Sold(stack, shop, paid)


@pytest.fixture
def open_page(open_context: OpenContext, sold: Sold) -> Iterator[Callable[..., Page]]:
    """Opens a page of the product; none may have an error on its console."""

    def open_connected(path: str, **options: object) -> Page:
        page = open_one(path, **options)
        expect(page.get_by_test_id("connection")).to_have_text("Connected")
        return page

    with watched_pages(open_context, sold.stack.url, counts=lambda message: message.type == "error") as open_one:
        yield open_connected


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [390, 1440])
def test_the_pages_fit_and_are_accessible(open_page: Callable[..., Page], width: int, scheme: str) -> None:
    for path in (LIVE, INBOX, EMPTY):
        page = open_page(path, viewport={"width": width, "height": 844}, color_scheme=scheme)
        if path == LIVE:
            page.get_by_test_id("order-row").first.locator("summary").click()
        assert violations(page) == [], path
        assert not page.evaluate("document.documentElement.scrollWidth > innerWidth"), path


def test_names_of_buyers_are_shown_by_the_switch_alone(open_page: Callable[..., Page]) -> None:
    page = open_page(LIVE)
    buyers, switch = page.locator(".feed-buyer"), page.get_by_test_id("names-switch")
    expect(buyers.first).to_have_text("E. ••••")
    switch.click()
    expect(switch).to_have_attribute("aria-pressed", "true")
    expect(buyers.first).to_have_text("Erika Musterfrau")
    page.reload()
    expect(buyers.first).to_have_text("Erika Musterfrau")
    switch.click()
    expect(buyers.first).to_have_text("E. ••••")
    expect(open_page(LIVE).locator(".feed-buyer").first).to_have_text("E. ••••")


def test_carts_are_not_counted_where_the_shop_reports_none(open_page: Callable[..., Page]) -> None:
    page = open_page(LIVE)
    expect(page.get_by_test_id("active-carts")).to_have_text("\u2013")
    expect(page.get_by_text("not reported by WooCommerce")).to_be_visible()


def test_an_order_arrives_with_its_account_and_moves_the_figures(open_page: Callable[..., Page], sold: Sold) -> None:
    page = open_page(LIVE)
    rows = page.get_by_test_id("order-row")
    before = rows.count()
    order = sold.shop.place(Item(MUG, 2))
    sold.shop.deliver()
    row = page.locator(f"[data-order='{order.id}']")
    expect(row).to_contain_text("Invoiced")
    expect(rows).to_have_count(before + 1)
    expect(rows.first).to_have_attribute("data-order", str(order.id))
    row.locator("summary").click()
    expect(row.get_by_test_id("order-account-difference")).to_have_text("0.00")
    expect(row.get_by_test_id("order-account")).to_contain_text("Every cent is accounted for")
    refund(sold.shop, order)
    sold.shop.deliver()
    expect(row.locator(".document.is-credit")).to_have_count(1)
    expect(row.locator("details")).to_have_attribute("open", "")
    invoices = sum(each.paid_at is not None for each in sold.shop.orders.values())
    expect(page.locator("[data-metric=orders_count] [data-card=value]")).to_have_text(str(invoices))
    expect(page.locator(".store-account").get_by_test_id("order-account-difference")).to_have_text("0.00")
    expect(page.get_by_test_id("grid-row").first).to_be_visible()


def test_orders_of_one_state_are_listed(open_page: Callable[..., Page]) -> None:
    page = open_page(LIVE)
    page.get_by_role("button", name="Waiting").click()
    expect(page.get_by_test_id("order-row")).to_have_count(1)
    expect(page.get_by_test_id("order-row")).to_contain_text("Waiting")
    page.get_by_role("button", name="Quarantined").click()
    expect(page.get_by_text("No order is quarantined")).to_be_visible()
    page.get_by_role("button", name="Latest").click()
    expect(page.get_by_test_id("order-row").nth(2)).to_be_visible()


def test_a_replay_says_what_it_would_do_before_it_is_done(open_page: Callable[..., Page]) -> None:
    page = open_page(INBOX)
    row = page.get_by_test_id("delivery-row").first
    row.get_by_test_id("replay").click()
    expect(page.get_by_test_id("dry-run")).to_have_text("It would change nothing 1, update 0, issue 0, credit 0.")
    page.get_by_test_id("confirm-replay").click()
    expect(page.locator("[data-dialog=replay]")).to_be_hidden()
    expect(page.get_by_test_id("delivery-row").first).to_contain_text("The order has not changed.")


def test_the_body_of_a_delivery_is_shown_on_request(open_page: Callable[..., Page], sold: Sold) -> None:
    page = open_page(f"{INBOX}?topic=order.created&state=done")
    row = page.get_by_test_id("delivery-row").last
    row.get_by_role("button", name="Show the body").click()
    expect(row.locator("pre")).to_contain_text(f'"id": {sold.paid.id}')


def test_filters_of_the_inbox_are_in_its_address(open_page: Callable[..., Page]) -> None:
    page = open_page(INBOX)
    page.get_by_label("Topic").select_option("order.created")
    page.get_by_role("button", name="Filter").click()
    page.wait_for_url("**/inbox/?*topic=order.created*")
    topics = {text.strip() for text in page.locator(".delivery-topic").all_inner_texts()}
    assert topics == {"order.created"}
    page.get_by_role("link", name="Dead").click()
    expect(page.get_by_text("No delivery matches")).to_be_visible()


def test_the_page_says_that_it_is_cut_off_and_then_has_the_present_state(open_context: OpenContext, sold: Sold) -> None:
    page = open_context().new_page()
    page.goto(sold.stack.url + LIVE)
    connection = page.get_by_test_id("connection")
    expect(connection).to_have_text("Connected")
    page.context.set_offline(True)
    page.evaluate("() => window.dispatchEvent(new Event('offline'))")
    old = sold.stack.kill("web")
    expect(connection).to_have_text("Stale")
    sold.stack.wait_for_restart("web", old)
    wait_for(sold.stack.is_up, "the web process to answer again")
    order = sold.shop.place(Item(MUG, 4))
    sold.shop.deliver()
    wait_for(lambda: _state_of(sold, order) == "invoiced", "the order to be invoiced")
    expect(connection).to_have_text("Stale")
    expect(page.locator(f"[data-order='{order.id}']")).to_have_count(0)
    page.context.set_offline(False)
    expect(connection).to_have_text("Connected")
    expect(page.locator(f"[data-order='{order.id}']")).to_contain_text("Invoiced")


def _state_of(sold: Sold, order: FakeOrder) -> object:
    return sold.stack.get_json(f"/api/stores/main/orders/{order.id}").get("invoice_state")

"""What no webhook brought is found by reading the shop, counted, and leads to the same documents."""

from __future__ import annotations

import time
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client
from pytest_django import Settings

from commerce.models import Product, StockLevel, Variant
from commerce.stock import record_levels
from integrations.shopify import documents as queries
from integrations.shopify import fetching
from integrations.shopify.connections import ShopConnection
from integrations.shopify.fake.goods import BOOK, MUG, SPOON, Item
from integrations.shopify.fake.shop import FakeShopify
from integrations.shopify.fake.stock import LOCATION_ID
from integrations.shopify.models import Connection
from integrations.shopify.shop import open_shop
from integrations.shopify.stock import note_level
from integrations.shopify.subscriptions import TOPICS
from integrations.syncing import reconciling
from integrations.syncing.health import read_health
from integrations.syncing.idscheck import compare
from integrations.syncing.models import SyncRun, SyncState
from integrations.syncing.stock import read_stock
from integrations.webhooks import tallies
from invoices.models import Invoice
from jobs.models import Job
from jobs.work import Work
from orders.models import Order
from runtime.clock import ClockTimestamp, read_clock
from stores.rows import rows_of_all_stores
from tests.integrations.desk import Desk, documents
from tests.integrations.woocommerce.clock import ShopClock


@pytest.fixture
def connected(connected: ShopConnection, clock: ShopClock) -> ShopConnection:
    """Connected before the first order was placed."""
    rows_of_all_stores(SyncState).update(cursor=clock() - timedelta(days=1))
    rows_of_all_stores(Connection).update(connected_at=clock() - timedelta(days=1))
    return connected


def totals() -> list[str]:
    return sorted(str(total) for total in Invoice.objects.values_list("total_amount", flat=True))


def test_a_poll_records_what_no_webhook_brought_and_counts_it(
    connected: ShopConnection, shop: FakeShopify, clock: ShopClock
) -> None:
    first = shop.place(Item(MUG, 3), has_shipping=True)
    shop.refund(first, (first.lines[0], 1))
    clock.move(5)
    shop.place(Item(BOOK))
    found = reconciling.poll(connected.store.id)
    assert (found.seen, found.added, found.missed) == (2, 2, 2)
    assert totals() == ["12.90", "34.87", "9.99"]
    tally = tallies.read(connected.store.id)
    assert (tally.missed, tally.healed) == (2, 2)
    assert reconciling.poll(connected.store.id).added == 0
    assert len(totals()) == 3


def test_a_poll_after_the_webhooks_changes_nothing_and_asks_for_no_order(
    connected: ShopConnection, shop: FakeShopify, desk: Desk
) -> None:
    reconciling.check_webhooks(connected.store.id)
    order = shop.place(Item(MUG, 3), has_shipping=True)
    shop.refund(order, (order.lines[0], 1))
    shop.deliver()
    desk.work()
    issued = totals()
    # Shopify answers the list of changed orders, and would refuse the next query.
    shop.faults.answers = ["none", 500]
    assert reconciling.poll(connected.store.id).added == 0
    assert shop.faults.answers == [500]
    assert totals() == issued


def test_a_refund_of_the_second_of_a_known_state_is_read(connected: ShopConnection, shop: FakeShopify) -> None:
    order = shop.place()
    reconciling.poll(connected.store.id)
    refund = shop.refund(order, amount=Decimal("2.00"))
    assert reconciling.poll(connected.store.id).added == 1
    assert documents(order) == [(f"order:{order.id}", "9.99"), (f"refund:{refund.id}", "2.00")]


@pytest.fixture
def small_pages(monkeypatch: pytest.MonkeyPatch) -> None:
    text = queries.CHANGED_ORDERS.text.replace("first: 50", "first: 3")
    monkeypatch.setattr(fetching, "CHANGED_ORDERS", replace(queries.CHANGED_ORDERS, text=text))


def test_an_order_that_is_edited_between_two_pages_hides_no_other(
    connected: ShopConnection, shop: FakeShopify, clock: ShopClock, small_pages: None
) -> None:
    placed = []
    for _ in range(10):
        placed.append(shop.place())
        clock.move()
    seen: set[str] = set()
    with open_shop(connected.store.id) as asking:
        for page in asking.changed_orders(clock() - timedelta(hours=1)):
            seen |= {each.external_id for each in page.orders}
            # It moves to the end, and all behind it move up by one.
            if len(seen) < 10:
                shop.fulfil(placed[len(seen) - 1])
                clock.move()
    assert seen == {str(order.id) for order in placed}


def test_an_order_with_more_lines_than_a_page_is_read_whole(connected: ShopConnection, shop: FakeShopify) -> None:
    order = shop.place(*[Item(MUG)] * 75)
    shop.refund(order)
    reconciling.poll(connected.store.id)
    assert [total for _, total in documents(order)] == ["749.25", "749.25"]


def test_a_throttled_poll_loses_nothing(
    connected: ShopConnection, shop: FakeShopify, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(time, "sleep", lambda seconds: None)
    order = shop.place()
    shop.faults.answers = ["throttled", 429, "none", "throttled"]
    assert reconciling.poll(connected.store.id).added == 1
    assert documents(order) == [(f"order:{order.id}", "9.99")]


@pytest.mark.parametrize("fault", [500, "half", 404])
def test_a_shop_in_trouble_is_asked_again_later(connected: ShopConnection, shop: FakeShopify, fault: Any) -> None:
    shop.place()
    shop.faults.answers = [fault]
    reconciling.poll(connected.store.id)
    state = rows_of_all_stores(SyncState).get()
    assert (state.status, bool(state.error), totals()) == ("error", True, [])
    reconciling.poll(connected.store.id)
    assert (rows_of_all_stores(SyncState).get().status, totals()) == ("active", ["9.99"])


def test_an_app_that_was_removed_is_said(connected: ShopConnection, shop: FakeShopify) -> None:
    shop.grant.uninstall()
    reconciling.poll(connected.store.id)
    state = rows_of_all_stores(SyncState).get()
    assert (state.status, "connect the store again" in state.error) == ("revoked", True)


def test_subscriptions_are_made_and_made_again(connected: ShopConnection, shop: FakeShopify) -> None:
    assert reconciling.check_webhooks(connected.store.id).added == len(TOPICS)
    assert reconciling.check_webhooks(connected.store.id).added == 0
    lost = next(number for number, each in shop.hooks.all.items() if each.topic == "orders/updated")
    del shop.hooks.all[lost]
    assert reconciling.check_webhooks(connected.store.id).added == 1
    health = read_health(connected.store)
    assert {each["topic"]: each["state"] for each in health["subscriptions"]} == dict.fromkeys(TOPICS, "active")


def test_a_deleted_order_is_found_by_the_ids(connected: ShopConnection, shop: FakeShopify) -> None:
    deleted, kept = shop.place(is_paid=False), shop.place()
    reconciling.poll(connected.store.id)
    shop.delete(deleted)
    missed = shop.place(Item(BOOK))
    found = reconciling.run_reading(connected.store.id, SyncRun.Kind.IDS, compare)
    assert (found.gone, found.missed) == (1, 1)
    rules = dict(rows_of_all_stores(Order).values_list("external_id", "rule"))
    assert rules == {str(deleted.id): "trashed", str(kept.id): "", str(missed.id): ""}


def work_of(kind: str, **arguments: str) -> Work:
    """A job that has begun."""
    job = Job.objects.create(
        kind=kind, arguments={"store": "main", **arguments}, state="running", attempt=1, started_at=ClockTimestamp(),
        heartbeat_at=ClockTimestamp(),
    )  # fmt: skip
    job.refresh_from_db()
    return Work(job)


@pytest.fixture
def client(settings: Settings) -> Client:
    settings.INVOICEDASH_OPEN = True
    return Client()


def test_the_stock_of_a_shop_is_read(client: Client, connected: ShopConnection, shop: FakeShopify) -> None:
    shop.set_stock(SPOON, None)
    shop.set_stock(BOOK, 2)
    list(read_stock(connected.store.id))
    items = client.get("/api/stores/main/stock").json()["items"]
    assert {item["sku"]: item["available"] for item in items} == {"MUG": 1000, "BOOK": 2, "SPOON": None, "SCREW": 1000}
    assert {item["location"] for item in items} == {"Warehouse"}
    assert rows_of_all_stores(Variant).get(sku="BOOK").title == "Book"
    types = {product.code: product.category for product in rows_of_all_stores(Product)}
    assert types == {"MUG": "Kitchen", "BOOK": "Books", "SPOON": "Kitchen", "SCREW": ""}


def test_a_reading_of_the_stock_does_not_replace_what_a_webhook_reports_meanwhile(
    connected: ShopConnection, shop: FakeShopify
) -> None:
    store, now = connected.store, shop.clock()
    shop.set_stock(BOOK, 5)
    with open_shop(store.id) as opened:
        [goods] = opened.read_goods()
    assert note_level(store, BOOK.inventory_item_id, LOCATION_ID, 3, now + timedelta(seconds=1))
    record_levels(store, goods.levels, read_at=read_clock())
    assert not note_level(store, BOOK.inventory_item_id, LOCATION_ID, 9, now - timedelta(seconds=1))
    assert rows_of_all_stores(StockLevel).get(variant__sku="BOOK").available == 3

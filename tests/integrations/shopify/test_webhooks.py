"""Webhooks of a shop lead to the documents that its orders need, in whatever order and however often they come."""

from __future__ import annotations

import random
from datetime import timedelta
from decimal import Decimal

import pytest

from commerce.models import Cart, StockLevel
from integrations.fakes.faults import Faults
from integrations.shopify.connections import ShopConnection
from integrations.shopify.fake.goods import BOOK, GIFT_CARD, MUG, POSTER, SPOON, Item
from integrations.shopify.fake.orders import FakeOrder
from integrations.shopify.fake.shop import FakeShopify
from integrations.shopify.models import Connection, FinishedOperation
from integrations.syncing import reconciling
from integrations.syncing.health import read_health
from integrations.syncing.models import SyncState
from integrations.syncing.summaries import read_summaries
from integrations.webhooks import replaying
from integrations.webhooks.models import Delivery
from integrations.webhooks.queries import Filter
from orders.models import Order
from runtime.clock import ClockTimestamp
from stores.credentials import read_credentials
from stores.models import Store
from stores.queries import read_store
from stores.rows import rows_of_all_stores
from tests.integrations.desk import Desk, documents, states
from tests.integrations.woocommerce.clock import ShopClock


@pytest.fixture
def live(connected: ShopConnection, shop: FakeShopify) -> FakeShopify:
    """The shop with the webhooks that lead to us."""
    reconciling.check_webhooks(connected.store.id)
    return shop


def row_of(order: FakeOrder) -> Order:
    return rows_of_all_stores(Order).get(external_id=str(order.id))


def deliver(shop: FakeShopify, desk: Desk) -> None:
    shop.deliver()
    desk.work()


def outcomes(*topics: str) -> list[tuple[str, str, str]]:
    return [each for each in states() if each[0] in topics]


def test_an_order_is_invoiced_by_its_webhooks_once(live: FakeShopify, desk: Desk) -> None:
    order = live.place(Item(MUG, 3, Decimal("3.00")), Item(BOOK), has_shipping=True)
    deliver(live, desk)
    assert documents(order) == [(f"order:{order.id}", "44.77")]
    assert outcomes("orders/create", "orders/updated") == [
        ("orders/create", "done", ""),
        ("orders/updated", "done", ""),
    ]


def test_a_line_without_a_product_is_invoiced(live: FakeShopify, desk: Desk) -> None:
    order = live.place(Item(POSTER), Item(MUG))
    deliver(live, desk)
    assert documents(order) == [(f"order:{order.id}", "17.49")]


def test_a_gift_card_that_is_sold_is_left_out_of_the_invoice(live: FakeShopify, desk: Desk) -> None:
    order = live.place(Item(GIFT_CARD), Item(MUG))
    deliver(live, desk)
    assert documents(order) == [(f"order:{order.id}", "9.99")]
    assert row_of(order).vouchers == Decimal("50.00")


def test_a_test_order_and_an_unpaid_one_lead_to_no_document(live: FakeShopify, desk: Desk) -> None:
    test, unpaid, cancelled = live.place(is_test=True), live.place(is_paid=False), live.place(is_paid=False)
    live.cancel(cancelled)
    deliver(live, desk)
    assert [row_of(order).rule for order in (test, unpaid, cancelled)] == ["test-order", "", "not-paid"]
    assert row_of(unpaid).invoice_state == "waiting"
    assert documents(test) == documents(unpaid) == documents(cancelled) == []


def test_a_refund_is_credited_whichever_of_its_webhooks_comes_first(
    live: FakeShopify, desk: Desk, clock: ShopClock
) -> None:
    order = live.place(Item(MUG, 3), has_shipping=True)
    deliver(live, desk)
    clock.move()
    first = live.refund(order, (order.lines[0], 1))
    clock.move()
    second = live.refund(order, amount=Decimal("2.00"))
    live.faults.is_reordered = True
    deliver(live, desk)
    assert sorted(documents(order)) == [
        (f"order:{order.id}", "34.87"), (f"refund:{first.id}", "9.99"), (f"refund:{second.id}", "2.00"),
    ]  # fmt: skip


def test_refunds_create_alone_has_the_order_fetched(live: FakeShopify, desk: Desk, clock: ShopClock) -> None:
    order = live.place()
    deliver(live, desk)
    clock.move()
    for number in [each.id for each in live.hooks.all.values() if each.topic == "orders/updated"]:
        del live.hooks.all[number]
    refund = live.refund(order)
    deliver(live, desk)
    assert outcomes("refunds/create") == [("refunds/create", "done", "")]
    assert documents(order) == [(f"order:{order.id}", "9.99"), (f"refund:{refund.id}", "9.99")]


def test_a_refund_that_another_webhook_has_brought_is_not_asked_for(
    live: FakeShopify, desk: Desk, clock: ShopClock
) -> None:
    order = live.place()
    deliver(live, desk)
    clock.move()
    refund = live.refund(order)
    live.hooks._due.sort(key=lambda each: each.topic == "refunds/create")
    live.faults.answers = [500] * 9
    deliver(live, desk)
    assert outcomes("refunds/create") == [("refunds/create", "done", "")]
    assert documents(order) == [(f"order:{order.id}", "9.99"), (f"refund:{refund.id}", "9.99")]


def test_three_mugs_that_are_refunded_one_by_one_leave_nothing(live: FakeShopify, desk: Desk, clock: ShopClock) -> None:
    order = live.place(Item(MUG, 3))
    for _ in range(3):
        clock.move()
        live.refund(order, (order.lines[0], 1))
    deliver(live, desk)
    row = row_of(order)
    assert (row.invoiced, row.credited, row.refunded) == (Decimal("29.97"), Decimal("29.97"), Decimal("29.97"))


def test_an_edit_after_the_payment_credits_the_invoice_and_issues_a_new_one(
    live: FakeShopify, desk: Desk, clock: ShopClock
) -> None:
    order = live.place(Item(MUG, 3, Decimal("3.00")), Item(BOOK), has_shipping=True)
    deliver(live, desk)
    clock.move()
    live.add(order, Item(SPOON, 2))
    deliver(live, desk)
    assert sorted(documents(order)) == [
        (f"edit:{order.id}", "44.77"), (f"order:{order.id}", "44.77"), (f"order:{order.id}:2", "53.77"),
    ]  # fmt: skip
    assert outcomes("orders/edited") == [("orders/edited", "done", "")]


def test_updated_before_created_and_older_after_newer_lead_to_the_newest_state(
    live: FakeShopify, desk: Desk, clock: ShopClock
) -> None:
    order = live.place(is_paid=False)
    held, live.hooks._due = live.hooks._due, []
    clock.move()
    live.pay(order)
    deliver(live, desk)
    live.hooks._due = held
    deliver(live, desk)
    assert documents(order) == [(f"order:{order.id}", "9.99")]
    messages = rows_of_all_stores(Delivery).filter(topic="orders/create").values_list("message", flat=True)
    assert list(messages) == ["A newer report of the order was there."]


def test_two_reports_of_one_second_have_the_order_fetched(live: FakeShopify, desk: Desk) -> None:
    order = live.place(is_paid=False)
    deliver(live, desk)
    live.pay(order)
    deliver(live, desk)
    assert documents(order) == [(f"order:{order.id}", "9.99")]


def test_a_deleted_order_is_set_aside_and_its_documents_stay(live: FakeShopify, desk: Desk) -> None:
    order, never_seen = live.place(), live.place()
    live.hooks._due = [each for each in live.hooks._due if f'"id":{never_seen.id}'.encode() not in each.body[:20]]
    deliver(live, desk)
    live.delete(order)
    live.delete(never_seen)
    deliver(live, desk)
    assert (row_of(order).rule, documents(order)) == ("trashed", [(f"order:{order.id}", "9.99")])
    assert outcomes("orders/delete") == [
        ("orders/delete", "set_aside", "trashed"),
        ("orders/delete", "set_aside", "no-order"),
    ]


def test_an_order_that_is_deleted_after_its_webhook_was_a_sale(live: FakeShopify, desk: Desk) -> None:
    order = live.place(is_paid=False)
    # Of the same second, so the order is asked for.
    live.pay(order)
    live.deliver()
    del live.orders[order.id]
    desk.work()
    assert documents(order) == [(f"order:{order.id}", "9.99")]


def test_stock_is_noted_by_its_webhooks_and_unknown_is_not_zero(
    live: FakeShopify, desk: Desk, clock: ShopClock
) -> None:
    clock.move()
    live.set_stock(MUG, 2)
    live.set_stock(BOOK, 0)
    deliver(live, desk)
    levels = {level.sku: (level.available, level.location) for level in rows_of_all_stores(StockLevel)}
    assert levels == {"MUG": (2, "Warehouse"), "BOOK": (0, "Warehouse")}
    clock.move()
    live.set_stock(MUG, None)
    live.set_stock(BOOK, 5)
    deliver(live, desk)
    # An older report, which comes later.
    clock.move(-10)
    live.set_stock(BOOK, 9)
    deliver(live, desk)
    assert {level.sku: level.available for level in rows_of_all_stores(StockLevel)} == {"MUG": None, "BOOK": 5}
    assert {state for _, state, _ in outcomes("inventory_levels/update")} == {"done"}


def test_carts_are_counted_without_what_is_in_them(live: FakeShopify, desk: Desk) -> None:
    live.fill_cart()
    live.fill_cart()
    deliver(live, desk)
    assert rows_of_all_stores(Cart).count() == 2
    assert outcomes("carts/create") == [("carts/create", "done", "")] * 2


def test_an_uninstalled_app_has_no_token_and_its_store_is_disconnected(
    connected: ShopConnection, live: FakeShopify, desk: Desk
) -> None:
    rows_of_all_stores(Connection).update(granted_at=live.clock() - timedelta(seconds=1))
    live.uninstall()
    deliver(live, desk)
    assert Store.objects.get(pk=connected.store.id).status == "disconnected"
    assert read_credentials(connected.store.id) == {}
    health = read_health(read_store("main"))
    assert (health["connection"]["status"], health["subscriptions"]) == ("revoked", [])
    assert "The owner of the shop removed the app there: connecting installs it again." in health["connection"]["error"]
    assert read_summaries([connected.store.id])[connected.store.id].status == "revoked"
    assert outcomes("app/uninstalled") == [("app/uninstalled", "done", "")]


def test_an_old_report_of_an_uninstallation_does_not_end_a_newer_installation(
    connected: ShopConnection, live: FakeShopify, desk: Desk
) -> None:
    live.uninstall()
    rows_of_all_stores(Connection).update(granted_at=live.clock() + timedelta(seconds=1))
    deliver(live, desk)
    assert Store.objects.get(pk=connected.store.id).status == "active"
    assert outcomes("app/uninstalled") == [("app/uninstalled", "done", "")]


def test_the_compliance_topics_are_kept(live: FakeShopify, desk: Desk) -> None:
    live.place()
    for topic in ("customers/data_request", "customers/redact", "shop/redact"):
        live.ask_privacy(topic)
    deliver(live, desk)
    found = [each for each in states() if each[1] == "set_aside"]
    assert found == [
        (topic, "set_aside", "privacy-request") for topic in ("customers/data_request", "customers/redact", "shop/redact")
    ]  # fmt: skip


def test_details_of_the_shop_and_the_end_of_an_operation_are_noted(live: FakeShopify, desk: Desk) -> None:
    live.rename("New name")
    live.hooks.note(
        "bulk_operations/finish", {"admin_graphql_api_id": "gid://shopify/BulkOperation/7", "status": "completed"}
    )
    deliver(live, desk)
    assert {state for _, state, _ in outcomes("shop/update", "bulk_operations/finish")} == {"done"}
    assert rows_of_all_stores(FinishedOperation).get().operation == "gid://shopify/BulkOperation/7"


@pytest.mark.parametrize("body", [b"{}", b"[]", b"x", b'{"id":"a"}'])
@pytest.mark.parametrize("topic", ["orders/create", "orders/edited", "refunds/create", "inventory_levels/update"])
def test_a_body_that_cannot_be_read_is_quarantined(live: FakeShopify, desk: Desk, topic: str, body: bytes) -> None:
    live.hooks.note(topic, {})
    [due] = live.hooks._due
    object.__setattr__(due, "body", body)
    deliver(live, desk)
    assert states() == [(topic, "quarantined", "no-order")]


def test_a_shop_that_does_not_answer_is_asked_again(live: FakeShopify, desk: Desk) -> None:
    order = live.place()
    live.hooks._due = []
    live.refund(order)
    live.hooks._due = [each for each in live.hooks._due if each.topic == "refunds/create"]
    live.faults.answers = [500]
    deliver(live, desk)
    assert states() == [("refunds/create", "new", "")]
    rows_of_all_stores(Delivery).update(next_at=ClockTimestamp() - timedelta(seconds=1))
    desk.work()
    assert [total for _, total in documents(order)] == ["9.99", "9.99"]


def test_a_dry_run_says_what_a_replay_would_do(connected: ShopConnection, live: FakeShopify, desk: Desk) -> None:
    live.place()
    live.place(is_paid=False)
    live.deliver()
    orders = [each.pk for each in rows_of_all_stores(Delivery).filter(topic="orders/create")]
    assert replaying.preview(connected.store.id, Filter(ids=tuple(orders))) == {
        "nothing": 0, "update": 1, "issue": 1, "credit": 0,
    }  # fmt: skip
    desk.work()
    assert replaying.preview(connected.store.id, Filter(ids=tuple(orders)))["nothing"] == 2


@pytest.mark.parametrize("seed", range(3))
def test_whatever_happens_to_webhooks_the_accounts_are_those_of_the_shop(
    connected: ShopConnection, live: FakeShopify, desk: Desk, clock: ShopClock, seed: int
) -> None:
    chance = random.Random(seed)
    faults = Faults(lost=0.2, late=0.3, doubled=0.3, is_reordered=True, random=random.Random(seed))
    live.faults.__dict__.update(faults.__dict__)
    for _ in range(30):
        clock.move(chance.choice([0, 0, 1, 90]))
        act(live, chance)
        if chance.random() < 0.4:
            deliver(live, desk)
    clock.move(1)
    deliver(live, desk)
    rows_of_all_stores(SyncState).update(cursor=clock() - timedelta(days=1))
    reconciling.poll(connected.store.id)
    for order in live.orders.values():
        row = row_of(order)
        assert row.total + row.redeemed - row.refunded == order.total - order.refunded, order
        if order.status == "paid":
            assert row.invoiced - row.credited == order.left, (order, documents(order))


def act(shop: FakeShopify, chance: random.Random) -> None:
    """One thing that happens in the shop."""
    orders = [order for order in shop.orders.values() if not order.cancelled_at]
    if not orders or chance.random() < 0.5:
        shop.place(
            Item(MUG, chance.randint(1, 3)),
            Item(BOOK),
            has_shipping=chance.random() < 0.5,
            is_paid=chance.random() < 0.7,
        )
        return
    order = chance.choice(orders)
    if order.status == "pending":
        shop.pay(order) if chance.random() < 0.5 else shop.cancel(order)
    elif order.left > Decimal(5):
        amount = chance.choice([Decimal("2.00"), None])
        if chance.random() < 0.3:
            shop.fulfil(order)
        else:
            shop.refund(order, amount=amount)

"""Webhooks of the fake shop have the headers, bodies and retries of Shopify's."""

from __future__ import annotations

from decimal import Decimal

import pytest

from integrations.shopify.fake.app import App
from integrations.shopify.fake.goods import MUG, SPOON, Item
from integrations.shopify.fake.hooks import COMPLIANCE, RETRY_SECONDS
from integrations.shopify.fake.shop import FakeShopify
from integrations.webhooks.signatures import is_signed
from tests.integrations.shopify.fake.receiver import ADDRESS, Receiver
from tests.integrations.woocommerce.clock import ShopClock

TOPICS = (
    "orders/create", "orders/updated", "orders/edited", "orders/cancelled", "orders/delete", "refunds/create",
    "inventory_levels/update", "carts/create", "app/uninstalled", "shop/update",
)  # fmt: skip


@pytest.fixture
def hooked(shop: FakeShopify) -> FakeShopify:
    for topic in TOPICS:
        shop.hooks.add(topic, ADDRESS)
    return shop


def test_all_webhooks_are_signed_over_their_bytes(hooked: FakeShopify, receiver: Receiver) -> None:
    hooked.place()
    hooked.deliver()
    for headers, body in receiver.requests:
        assert is_signed(body, headers["X-Shopify-Hmac-Sha256"].encode(), ["shpss_fake"])
        assert (headers["X-Shopify-Shop-Domain"], headers["X-Shopify-API-Version"]) == (hooked.domain, "2026-10")


def test_each_change_has_its_topics(hooked: FakeShopify, receiver: Receiver) -> None:
    order = hooked.place(Item(MUG, 2))
    hooked.add(order, Item(SPOON))
    hooked.remove(order, order.lines[1])
    hooked.refund(order, amount=Decimal("1.00"))
    hooked.cancel(order)
    hooked.delete(order)
    hooked.fill_cart()
    hooked.rename("Other")
    hooked.uninstall()
    hooked.deliver()
    edited = ["orders/edited", "orders/updated"]
    assert receiver.topics == [
        "inventory_levels/update", "orders/create", "orders/updated", "inventory_levels/update", *edited, *edited,
        "refunds/create", "orders/updated", "orders/cancelled", "orders/updated", "orders/delete", "carts/create",
        "shop/update", "app/uninstalled",
    ]  # fmt: skip


def test_topics_of_one_action_share_the_event_and_not_the_webhook_id(hooked: FakeShopify, receiver: Receiver) -> None:
    hooked.refund(hooked.place())
    hooked.deliver()
    events = receiver.all("Event-Id")
    assert events[1] == events[2] != events[3] == events[4]
    assert len(set(receiver.all("Webhook-Id"))) == 5


def test_a_refused_webhook_is_sent_again_with_its_ids_and_its_first_body(
    hooked: FakeShopify, receiver: Receiver, clock: ShopClock
) -> None:
    order = hooked.place(is_paid=False)
    receiver.answers = [200, 503, 200]
    hooked.deliver()
    hooked.pay(order)
    hooked.deliver()
    clock.move(RETRY_SECONDS[0])
    hooked.deliver()
    assert receiver.topics[-1] == "orders/create"
    assert receiver.requests[-1] == receiver.requests[1]
    assert receiver.bodies()[-1]["financial_status"] == "pending"


def test_a_subscription_is_deleted_after_the_last_attempt(
    shop: FakeShopify, receiver: Receiver, clock: ShopClock
) -> None:
    shop.hooks.add("orders/create", ADDRESS)
    receiver.answers = [500] * (1 + len(RETRY_SECONDS))
    shop.place()
    shop.deliver()
    for seconds in RETRY_SECONDS:
        assert shop.hooks.all
        clock.move(seconds)
        shop.deliver()
    assert (len(receiver.requests), shop.hooks.all) == (9, {})


def test_webhooks_are_lost_late_and_doubled_on_demand(hooked: FakeShopify, receiver: Receiver) -> None:
    hooked.faults.lost = 1.0
    hooked.place()
    hooked.deliver()
    assert receiver.requests == []
    hooked.faults.lost, hooked.faults.late = 0.0, 1.0
    order = hooked.place()
    hooked.deliver()
    assert receiver.requests == []
    hooked.faults.late, hooked.faults.doubled = 0.0, 1.0
    hooked.deliver()
    assert [each["id"] for each in receiver.bodies() if "id" in each] == [order.id] * 4
    assert receiver.requests[0] == receiver.requests[1]


def test_compliance_topics_go_to_the_address_of_the_app(clock: ShopClock, receiver: Receiver) -> None:
    shop = FakeShopify(app=App(compliance_url=ADDRESS), clock=clock, send=receiver.send)
    order = shop.place()
    for topic in COMPLIANCE:
        shop.ask_privacy(topic)
    shop.deliver()
    request, redact, closed = receiver.bodies()
    assert receiver.topics == list(COMPLIANCE)
    assert (request["orders_requested"], redact["orders_to_redact"]) == ([order.id], [order.id])
    assert closed["shop_domain"] == "example.myshopify.com"


def test_stock_that_is_not_counted_is_null(hooked: FakeShopify, receiver: Receiver) -> None:
    hooked.set_stock(MUG, None)
    hooked.place()
    hooked.deliver()
    assert [each["available"] for each in receiver.bodies()[:2]] == [None, None]

"""An order of the GraphQL Admin API leads to the same snapshot as the body of a webhook."""

from __future__ import annotations

import json
from collections.abc import Callable
from decimal import Decimal

import pytest

from integrations.shopify.fake.bodies import order_body
from integrations.shopify.fake.goods import BOOK, GIFT_CARD, MUG, POSTER, Item
from integrations.shopify.fake.market import GERMANY, QUEBEC, Market
from integrations.shopify.fake.nodes import order_node
from integrations.shopify.fake.orders import FakeOrder
from integrations.shopify.fake.shop import FakeShopify
from integrations.shopify.fetching import snapshot_of_node
from integrations.shopify.mapping import snapshot_of
from integrations.shopify.nodes import number_of
from orders.reading import NotAnOrder
from orders.serialize import content
from tests.integrations.woocommerce.clock import ShopClock

GBP = Market(
    currency="EUR", country="DE", timezone="Europe/Berlin", utc_offset_hours=1, includes_taxes=True, taxes=GERMANY.taxes,
    shown_currency="GBP", shown_rate=Decimal("0.8783"),
)  # fmt: skip


def shipped(shop: FakeShopify) -> FakeOrder:
    return shop.place(Item(MUG, 3, Decimal("3.00")), Item(BOOK), has_shipping=True, discount_code="TEN")


def refunded_line(shop: FakeShopify) -> FakeOrder:
    order = shipped(shop)
    shop.refund(order, (order.lines[0], 1))
    shop.refund(order, amount=Decimal("2.00"))
    return order


def refunded_whole(shop: FakeShopify) -> FakeOrder:
    order = shipped(shop)
    shop.fulfil(order)
    shop.refund(order)
    return order


def edited(shop: FakeShopify) -> FakeOrder:
    order = shop.place(Item(MUG, 2), Item(POSTER))
    shop.add(order, Item(BOOK))
    shop.remove(order, order.lines[0])
    return order


KINDS: dict[str, Callable[[FakeShopify], FakeOrder]] = {
    "one mug": lambda shop: shop.place(),
    "two rates, discounts and shipping": shipped,
    "line and amount refunded": refunded_line,
    "refunded in full": refunded_whole,
    "edited": edited,
    "gift card": lambda shop: shop.place(Item(GIFT_CARD), Item(MUG)),
    "tip and no buyer": lambda shop: shop.place(tip=Decimal("2.00"), buyer=None),
    "test": lambda shop: shop.place(is_test=True),
    "not paid": lambda shop: shop.place(is_paid=False),
}


@pytest.mark.parametrize("market", [GERMANY, QUEBEC, GBP], ids=["gross prices", "net prices", "seen in pounds"])
@pytest.mark.parametrize("kind", sorted(KINDS))
def test_a_node_and_a_body_are_the_same_order(kind: str, market: Market) -> None:
    shop = FakeShopify(market=market, clock=ShopClock())
    order = KINDS[kind](shop)
    body, node = (json.loads(json.dumps(each), parse_float=Decimal) for each in (order_body(order), order_node(order)))
    assert content(snapshot_of_node(node)) == content(snapshot_of(body))


def test_a_node_that_cannot_be_read_is_named() -> None:
    with pytest.raises(NotAnOrder, match="cannot be read"):
        snapshot_of_node({"id": "gid://shopify/Order/1"})


def test_the_number_of_a_global_id() -> None:
    assert number_of("gid://shopify/InventoryLevel/905684977?inventory_item_id=1") == 905684977

"""Orders of the fake shop come to what Shopify's come to, and are the same order in both of their shapes."""

from __future__ import annotations

import random
from dataclasses import replace
from decimal import Decimal

import pytest

from integrations.shopify import documents
from integrations.shopify.fake.bodies import order_body
from integrations.shopify.fake.customers import act
from integrations.shopify.fake.goods import BOOK, GIFT_CARD, MUG, POSTER, SPOON, Item
from integrations.shopify.fake.market import GERMANY, QUEBEC, Market
from integrations.shopify.fake.orders import FakeOrder
from integrations.shopify.fake.shop import FakeShopify
from integrations.shopify.fetching import snapshot_of_node
from integrations.shopify.mapping import snapshot_of
from orders.plan import plan
from orders.types import InvoiceState
from tests.integrations.shopify.fake.caller import Caller
from tests.integrations.woocommerce.clock import ShopClock
from tests.orders.samples import TERMS

SEEN_IN_POUNDS = replace(GERMANY, shown_currency="GBP", shown_rate=Decimal("0.8785"))
ORDER = [Item(MUG, 3, Decimal("3.00")), Item(BOOK, 1, Decimal("1.29"))]


def groups(order: FakeOrder) -> list[tuple[str, str]]:
    return [(f"{each.rate.normalize():f}", str(each.amount)) for each in snapshot_of(order_body(order)).vat]


def test_amounts_are_those_of_known_orders(shop: FakeShopify) -> None:
    order = shop.place(*ORDER, has_shipping=True)
    assert (order.total, groups(order)) == (Decimal("43.48"), [("0.07", "0.76"), ("0.19", "5.09")])
    refund = shop.refund(order, (order.lines[0], 1))
    assert (refund.paid, refund.lines[0].tax) == (Decimal("8.99"), Decimal("1.44"))
    mixed = shop.place(Item(GIFT_CARD), Item(MUG))
    assert (mixed.total, groups(mixed)) == (Decimal("59.99"), [("0.19", "1.60")])
    assert shop.place(Item(POSTER), Item(MUG)).total == Decimal("17.49")


def test_pieces_that_are_refunded_one_by_one_leave_no_cent(shop: FakeShopify) -> None:
    order = shop.place(*ORDER, has_shipping=True)
    backs = [shop.refund(order, (order.lines[0], 1)).lines[0] for _ in range(3)]
    assert (sum(back.subtotal for back in backs), sum(back.tax for back in backs)) == (
        Decimal("26.97"),
        Decimal("4.31"),
    )
    shop.refund(order)
    assert (order.left, order.financial_status) == (Decimal(0), "refunded")


def test_taxes_are_added_where_prices_exclude_them(clock: ShopClock) -> None:
    order = FakeShopify(clock=clock, market=QUEBEC).place(Item(SPOON, 2))
    assert (order.total, groups(order)) == (Decimal("10.35"), [("0.14975", "1.35")])


def test_the_same_seed_makes_the_same_orders(clock: ShopClock) -> None:
    shops = [FakeShopify(clock=clock, send=lambda *_: 200) for _ in range(2)]
    for shop in shops:
        chance = random.Random(7)
        for _ in range(40):
            act(shop, chance)
    one, other = ([order_body(order) for order in shop.orders.values()] for shop in shops)
    assert one == other


@pytest.mark.parametrize("market", [GERMANY, SEEN_IN_POUNDS], ids=["germany", "seen-in-pounds"])
def test_whatever_happens_in_the_shop_has_its_documents(market: Market, clock: ShopClock) -> None:
    shop, chance = FakeShopify(clock=clock, market=market, send=lambda *_: 200), random.Random(3)
    for _ in range(200):
        act(shop, chance, new_share=0.5)
        clock.move()
    for order in shop.orders.values():
        made = plan(snapshot_of(order_body(order)), [], TERMS)
        assert made.account.difference == 0
        assert made.state != InvoiceState.QUARANTINED, order_body(order)


@pytest.mark.parametrize("market", [GERMANY, QUEBEC, SEEN_IN_POUNDS], ids=["germany", "quebec", "seen-in-pounds"])
def test_webhook_and_graphql_lead_to_the_same_snapshot(market: Market, clock: ShopClock) -> None:
    shop, chance = FakeShopify(clock=clock, market=market, send=lambda *_: 200), random.Random(5)
    caller = Caller(shop)
    for _ in range(30):
        act(shop, chance, new_share=0.4)
    for order in shop.orders.values():
        clock.move(10)
        answer = caller.graphql(documents.order(with_customer=True).text, id=f"gid://shopify/Order/{order.id}")
        assert snapshot_of_node(answer["data"]["order"]) == snapshot_of(order_body(order))

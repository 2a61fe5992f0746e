"""What happens in a fake shop by chance: orders, payments, edits, refunds, stock. The same seed leads to the same shop."""

from __future__ import annotations

import random
from decimal import Decimal
from itertools import islice

from integrations.shopify.fake.goods import ARTICLES, GIFT_CARD, SPOON, STOCKED, Item
from integrations.shopify.fake.market import cents
from integrations.shopify.fake.orders import ZERO, FakeOrder
from integrations.shopify.fake.people import BUYERS
from integrations.shopify.fake.shop import FakeShopify

# Only these change, so that a shop with many orders is as fast as a new one.
RECENT_ORDERS = 50
# Discount codes take this off.
DISCOUNT = Decimal("0.10")
TIP = Decimal("2.00")
MOST_REFUND_CENTS = 900


def act(shop: FakeShopify, chance: random.Random, *, new_share: float = 0.4) -> None:
    """One thing that happens: a new order with the probability `new_share`, else a change of one that is there."""
    alive = [order for order in islice(reversed(shop.orders.values()), RECENT_ORDERS) if order.is_alive]
    if not alive or chance.random() < new_share:
        _place(shop, chance)
    elif chance.random() < 0.1:
        _beside_orders(shop, chance)
    else:
        _change(shop, chance.choice(alive), chance)


def _place(shop: FakeShopify, chance: random.Random) -> None:
    code = "TEN" if chance.random() < 0.2 else ""
    items = [_item(chance, has_discount=bool(code)) for _ in range(chance.randint(1, 3))]
    status = chance.choices(("paid", "pending", "authorized"), (7, 2, 1))[0]
    shop.place(
        *items, has_shipping=chance.random() < 0.5, status=status, tip=TIP if chance.random() < 0.1 else ZERO,
        buyer=chance.choice((*BUYERS, None)), discount_code=code, is_test=chance.random() < 0.03,
    )  # fmt: skip


def _item(chance: random.Random, *, has_discount: bool) -> Item:
    article, quantity = chance.choice(ARTICLES), chance.randint(1, 4)
    off = cents(article.price * quantity * DISCOUNT) if has_discount and article is not GIFT_CARD else ZERO
    return Item(article, quantity, off)


def _beside_orders(shop: FakeShopify, chance: random.Random) -> None:
    if chance.random() < 0.5:
        shop.fill_cart(chance.choice(STOCKED))
    else:
        shop.set_stock(chance.choice(STOCKED), chance.randint(0, 1000))


def _change(shop: FakeShopify, order: FakeOrder, chance: random.Random) -> None:
    if order.status != "paid":
        chance.choice((shop.pay, shop.cancel))(order)
        return
    kind = chance.choices(("fulfil", "add", "remove", "lines", "amount", "all"), (4, 2, 1, 2, 2, 1))[0]
    if kind == "fulfil":
        shop.fulfil(order)
    elif kind == "add" and not order.refunds:
        shop.add(order, Item(SPOON))
    else:
        _give_back(shop, order, kind, chance)


def _give_back(shop: FakeShopify, order: FakeOrder, kind: str, chance: random.Random) -> None:
    """By lines or by amount. Tips and gift cards are not refunded by amount, so that it stays certain what is meant."""
    line, left = chance.choice(order.remaining_parts)
    if kind == "remove" and not order.refunds and len(order.remaining_parts) > 1:
        shop.remove(order, line)
    elif kind == "lines":
        shop.refund(order, (line, chance.randint(1, left)))
    elif not order.has_only_goods:
        shop.refund(order, (line, left))
    elif kind == "amount":
        shop.refund(order, amount=min(order.left, Decimal(chance.randint(1, MOST_REFUND_CENTS)) / 100))
    else:
        shop.refund(order)

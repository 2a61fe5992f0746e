"""What happens in a fake shop by chance: orders, payments, edits, refunds. The same seed leads to the same shop."""

from __future__ import annotations

import random
from decimal import Decimal

from integrations.woocommerce.fake.goods import ARTICLES, SPOON, Item
from integrations.woocommerce.fake.orders import FakeOrder
from integrations.woocommerce.fake.shop import FakeShop

ALIVE = ("pending", "processing", "completed")


def act(shop: FakeShop, chance: random.Random, *, new_share: float = 0.4) -> None:
    """One thing that happens: a new order with the probability `new_share`, else a change of one that is there."""
    alive = [order for order in shop.orders.values() if order.status in ALIVE]
    if not alive or chance.random() < new_share:
        _place(shop, chance)
    else:
        change(shop, chance.choice(alive), chance)


def _place(shop: FakeShop, chance: random.Random) -> None:
    items = [Item(chance.choice(ARTICLES), chance.randint(1, 4)) for _ in range(chance.randint(1, 3))]
    shop.place(*items, has_shipping=chance.random() < 0.5, is_paid=chance.random() < 0.7)


def change(shop: FakeShop, order: FakeOrder, chance: random.Random) -> None:
    """One thing that happens to an order that is alive."""
    if order.paid_at is None:
        chance.choice((shop.pay, shop.cancel))(order)
    elif chance.random() < 0.3 and not order.refunds:
        shop.edit(order, *order.items, Item(SPOON))
    elif chance.random() < 0.5:
        shop.complete(order)
    else:
        amount = min(order.left, Decimal(chance.randint(1, 900)) / 100)
        shop.refund(order, amount=amount if chance.random() < 0.7 else None)

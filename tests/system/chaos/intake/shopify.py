"""The fake shops of Shopify in the fault runs, with tokens that end and queries that are throttled."""

from __future__ import annotations

import random
from collections.abc import Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass
from decimal import Decimal
from functools import cache
from typing import Any

from integrations.fakes.clock import real_clock
from integrations.shopify.fake.app import App
from integrations.shopify.fake.bodies import order_body
from integrations.shopify.fake.bucket import Bucket
from integrations.shopify.fake.customers import act
from integrations.shopify.fake.node_parts import text
from integrations.shopify.fake.nodes import order_node
from integrations.shopify.fake.orders import ZERO, FakeOrder, FakeRefund
from integrations.shopify.fake.server import ShopifyServer
from integrations.shopify.fake.shop import FakeShopify
from tests.integrations.payloads import CAPTURED
from tests.integrations.shopify.bodies import Body
from tests.integrations.shopify.payloads import captured, made
from tests.integrations.shopify.served import ServedOrder, served, served_node
from tests.system.chaos.intake.record import ShopRecord
from tests.system.chaos.intake.working import WorkingShop

CLIENT_ID, SECRET = "chaos-client", "shpss_chaos"
ACCESS, REFRESH = "shpat_chaos", "shprt_chaos"
SCOPES = ("read_orders", "read_products", "read_inventory", "read_locations")
# One for each topic that the product subscribes to.
WEBHOOKS = 11
TOKEN_END_SHARE = 0.1
# So that a run of seconds waits for no points.
POINTS_PER_SECOND = 20_000


@dataclass(kw_only=True)
class CaseOrder(ServedOrder):
    """An order of a body. `owed` is what is to be invoiced for it."""

    owed: Decimal


class WorkingShopify(WorkingShop):
    """`domain` is the name of the shop, which all webhooks have in a header."""

    answer_faults = (429, 500, "half", "slow", "throttled")

    def __init__(self, domain: str) -> None:
        super().__init__()
        self.fake = FakeShopify(
            domain, app=App(client_id=CLIENT_ID, secret=SECRET), clock=self._clock, send=self._send
        )  # fmt: skip
        self.fake.grant.adopt(ACCESS, REFRESH, *SCOPES)
        self.fake.bucket = Bucket(real_clock, restore=POINTS_PER_SECOND)
        self.fake.node_of = lambda order: served_node(order) if isinstance(order, ServedOrder) else order_node(order)

    def serve(self, port: int = 0) -> AbstractContextManager[Any]:
        return ShopifyServer(self.fake, port=port)

    def is_ready(self) -> bool:
        return len(self.fake.hooks.all) == WEBHOOKS

    def act(self) -> None:
        if self._chance.random() < TOKEN_END_SHARE:
            self.fake.grant.expire_access()
        act(self.fake, self._chance)

    def place_case(self) -> None:
        place_case(self.fake, self._chance)

    def sent(self, headers: Mapping[str, str]) -> dict[str, str] | None:
        topic = headers.get("X-Shopify-Topic")
        return {"topic": topic, "event": headers["X-Shopify-Event-Id"]} if topic else None

    def record(self) -> ShopRecord:
        orders = {str(order.id): order for order in self.fake.orders.values()}
        return ShopRecord(
            orders=[_shown(order) for order in orders.values()],
            refunds={name: [_shown_refund(order, each) for each in order.refunds] for name, order in orders.items()},
            edits={name: order.edit_count for name, order in orders.items()},
            posted=self._posted,
            owed={name: owed(order) for name, order in orders.items()},
        )


def place_case(shop: FakeShopify, chance: random.Random) -> None:
    """A new order of a body by chance, and its two webhooks."""
    given, due = chance.choice(_cases())
    with shop.lock:
        now, order_id = text(shop.now()), shop.next_id()
        body = given | {
            "id": order_id,
            "name": f"#{order_id}",
            "created_at": now,
            "processed_at": now,
            "updated_at": now,
        }
        shop.orders[order_id] = CaseOrder(**vars(served(body)), owed=due)
        for topic in ("orders/create", "orders/updated"):
            shop.hooks.note(topic, body)


def owed(order: FakeOrder) -> Decimal:
    """What is to be invoiced less what is to be credited: the goods, without gift cards and tips."""
    if isinstance(order, CaseOrder):
        return order.owed
    if order.status != "paid" or order.is_test:
        return ZERO
    cards = sum((line.paid for line in order.lines if line.article.is_gift_card), ZERO)
    backs = (_goods_back(order, refund) for refund in order.refunds)
    return order.total - order.tip - cards - sum(backs, ZERO)


def _goods_back(order: FakeOrder, refund: FakeRefund) -> Decimal:
    cards = sum((each.subtotal for each in refund.lines if each.line.article.is_gift_card), ZERO)
    return order.worth_of(refund) - cards


def _shown(order: FakeOrder) -> dict[str, Any]:
    """The order as the checker reads it, with its body."""
    body = order.body if isinstance(order, ServedOrder) else order_body(order)
    return {
        "id": order.id,
        "status": _status(body),
        "total": body["total_price_set"]["shop_money"]["amount"],
        "body": body,
    }


def _status(body: Body) -> str:
    if body["cancelled_at"]:
        return "cancelled"
    if body["financial_status"] == "voided":
        return "failed"
    if body["financial_status"] not in ("paid", "partially_refunded", "refunded"):
        return "pending"
    return "completed" if body["fulfillment_status"] == "fulfilled" else "processing"


def _shown_refund(order: FakeOrder, refund: FakeRefund) -> dict[str, Any]:
    """`is_credited`: a refund of gift cards, or of what was never invoiced, has no credit note."""
    is_credited = order.status == "paid" and not order.is_test and bool(_goods_back(order, refund))
    return {"id": refund.id, "amount": str(order.worth_of(refund)), "is_credited": is_credited}


@cache
def _cases() -> list[tuple[Body, Decimal]]:
    """Bodies without refunds, and what is to be invoiced for each."""
    found = []
    for payloads in [made(), *([captured()] if CAPTURED else [])]:
        for order in payloads.orders:
            groups = payloads.documents.get(str(order.id), [("", ())])[0][1]
            due = sum((Decimal(net) + Decimal(vat) for _, net, vat in groups), Decimal(0))
            if not order.body["refunds"]:
                found.append((order.body, due))
    return found

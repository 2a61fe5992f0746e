"""Orders of the bodies that real shops have sent in awkward cases, for the fake shops of the fault runs."""

from __future__ import annotations

import random
from dataclasses import dataclass
from decimal import Decimal
from functools import cache

from integrations.woocommerce.fake.clock import text
from integrations.woocommerce.fake.orders import FakeOrder
from integrations.woocommerce.fake.shop import FakeShop
from tests.integrations.payloads import CAPTURED
from tests.integrations.woocommerce.bodies import Body
from tests.integrations.woocommerce.payloads import captured, made

# No status that customers act on.
STATUS = "case"


@dataclass(kw_only=True)
class CaseOrder(FakeOrder):
    """An order that does not change. `owed` is what is to be invoiced for it."""

    body: Body
    owed: Decimal

    def as_json(self) -> Body:
        is_paid, moment = bool(self.body["date_paid_gmt"]), text(self.changed_at)
        dates = {"date_created_gmt": moment, "date_modified_gmt": moment, "date_paid_gmt": moment if is_paid else None}
        return (
            {"id": self.id}
            | self.body
            | {"id": self.id, "number": str(self.id), "date_paid": dates["date_paid_gmt"]}
            | dates
        )


def place(shop: FakeShop, chance: random.Random) -> None:
    """A new order of a body by chance, and its two webhooks."""
    body, owed = chance.choice(_cases())
    with shop.lock:
        now = shop.clock().replace(microsecond=0)
        order = CaseOrder(
            id=shop.next_id(), items=(), created_at=now, changed_at=now, status=STATUS, body=body, owed=owed
        )
        shop.orders[order.id] = order
        for topic in ("order.created", "order.updated"):
            shop.hooks.note(topic, order.id)


@cache
def _cases() -> list[tuple[Body, Decimal]]:
    """Bodies without refunds, and what is to be invoiced for each."""
    found = []
    for payloads in [made(), *([captured()] if CAPTURED else [])]:
        for order in payloads.orders:
            is_invoiced = payloads.outcomes[str(order.id)] == "invoiced"
            groups = payloads.documents[str(order.id)][0][1] if is_invoiced else ()
            if not order.body["refunds"]:
                found.append((order.body, sum((Decimal(net) + Decimal(vat) for _, net, vat in groups), Decimal(0))))
    return found

"""The fake shops of WooCommerce in the fault runs."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import AbstractContextManager
from typing import Any

from integrations.woocommerce.fake.customers import act
from integrations.woocommerce.fake.orders import FakeOrder
from integrations.woocommerce.fake.server import ShopServer
from integrations.woocommerce.fake.shop import FakeShop
from tests.system.chaos.intake import cases
from tests.system.chaos.intake.record import Posted, ShopRecord
from tests.system.chaos.intake.working import WorkingShop

# One for each topic that the product subscribes to.
WEBHOOKS = 5


class WorkingWoo(WorkingShop):
    def __init__(self) -> None:
        super().__init__()
        self.fake = FakeShop(clock=self._clock, send=self._send)

    def serve(self, port: int = 0) -> AbstractContextManager[Any]:
        return ShopServer(self.fake, port=port)

    def is_ready(self) -> bool:
        hooks = list(self.fake.hooks.all.values())
        return len(hooks) == WEBHOOKS and all(hook.status == "active" for hook in hooks)

    def act(self) -> None:
        act(self.fake, self._chance)

    def place_case(self) -> None:
        cases.place(self.fake, self._chance)

    def sent(self, headers: Mapping[str, str]) -> dict[str, str] | None:
        topic = headers.get("X-WC-Webhook-Topic")
        return {"topic": topic} if topic else None

    def record(self) -> ShopRecord:
        return read_record(self.fake, self._posted)


def read_record(shop: FakeShop, posted: list[Posted]) -> ShopRecord:
    """The record of a shop that has `posted` these webhooks."""
    orders: dict[str, FakeOrder | cases.CaseOrder] = {str(order.id): order for order in shop.orders.values()}
    return ShopRecord(
        orders=[order.as_json() for order in orders.values()],
        refunds={name: [each.as_json() for each in order.refunds] for name, order in orders.items()},
        edits={name: order.edit_count for name, order in orders.items()},
        posted=posted,
        owed={name: order.owed for name, order in orders.items() if isinstance(order, cases.CaseOrder)},
    )

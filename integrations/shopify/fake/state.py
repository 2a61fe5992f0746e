"""What a fake shop of Shopify consists of: its app, its tokens, its orders, its stock and its webhooks."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from datetime import datetime

from integrations.fakes.clock import Clock, real_clock
from integrations.fakes.faults import Faults
from integrations.fakes.sending import Send, send_by_http
from integrations.shopify.fake.app import App, Grant
from integrations.shopify.fake.bucket import Bucket
from integrations.shopify.fake.hooks import RETRY_SECONDS, Hooks
from integrations.shopify.fake.market import GERMANY, Json, Market
from integrations.shopify.fake.nodes import order_node
from integrations.shopify.fake.orders import FakeOrder
from integrations.shopify.fake.stock import Stock


class ShopState:
    """`url` is the address of the shop. `scopes`: what its owner grants the app when it asks; None grants all."""

    def __init__(
        self, domain: str = "example.myshopify.com", *, app: App | None = None, clock: Clock = real_clock,
        send: Send = send_by_http, faults: Faults | None = None, market: Market = GERMANY,
        scopes: tuple[str, ...] | None = None, retry_seconds: Sequence[float] = RETRY_SECONDS, first_id: int = 1000,
    ) -> None:  # fmt: skip
        self.domain, self.url, self.clock, self.market = domain, f"https://{domain}", clock, market
        self.name = domain.partition(".")[0]
        self.app = app or App()
        self.faults = faults or Faults()
        self.grant = Grant(self.app, clock, scopes)
        self.hooks = Hooks(self.app, domain, clock, send, self.faults, retry_seconds)
        self.bucket = Bucket(clock)
        self.stock = Stock()
        self.orders: dict[int, FakeOrder] = {}
        # What GraphQL shows of an order.
        self.node_of: Callable[[FakeOrder], Json] = order_node
        self.lock = threading.RLock()
        self._last_id = first_id
        self.begin()

    def begin(self) -> None:
        """What else a shop consists of."""

    def now(self) -> datetime:
        return self.clock().replace(microsecond=0)

    def next_id(self) -> int:
        self._last_id += 1
        return self._last_id

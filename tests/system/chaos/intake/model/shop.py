"""A fake shop of the model: its clock is that of the model, and its webhooks come to the product's own reading of requests."""

from __future__ import annotations

import random
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta

from integrations.fakes.faults import Faults
from integrations.webhooks.types import Destination, Incoming, Request
from integrations.woocommerce import incoming
from integrations.woocommerce.fake.customers import ALIVE, act, change
from integrations.woocommerce.fake.shop import FakeShop
from integrations.woocommerce.subscriptions import TOPICS
from tests.system.chaos.intake.record import Posted, ShopRecord
from tests.system.chaos.intake.woo import read_record

# Few orders that change often.
NEW_SHARE = 0.2
SECRET = "a secret of the model only"
STATUSES = {"stored": 200, "refused": 503, "killed": 0}


class ModelShop:
    """The shop of the store `store_id`; `store` keeps the webhooks that it sends."""

    def __init__(self, store_id: int, clock: Callable[[], datetime], store: Callable[[Incoming], None]) -> None:
        self._destination = Destination(store_id=store_id, secrets=(SECRET,))
        self._store, self._earlier = store, timedelta()
        # What becomes of requests: stored and answered, refused, or stored by a process that is killed then.
        self._answer = "stored"
        self.posted: list[Posted] = []
        self.fake = FakeShop(clock=lambda: clock() - self._earlier, send=self._send)
        for topic in TOPICS:
            self.fake.hooks.add(topic, "http://desk.test/in/", SECRET)

    def change(self, seed: int, late_seconds: int) -> None:
        """One thing happens. An order that is committed late is dated before newer ones, and no webhook reports it."""
        if not late_seconds:
            act(self.fake, random.Random(seed), new_share=NEW_SHARE)
            return
        webhooks, self.fake.hooks.all = self.fake.hooks.all, {}
        self._earlier = timedelta(seconds=late_seconds)
        self.fake.place()
        self._earlier, self.fake.hooks.all = timedelta(), webhooks

    def change_last(self, seed: int) -> None:
        """Something happens to the order that has changed last, within the same second if no time has passed."""
        order = max(self.fake.orders.values(), key=lambda order: order.changed_at, default=None)
        if order is not None and order.status in ALIVE:
            change(self.fake, order, random.Random(seed))

    def place_many(self, count: int, seconds: int, pass_time: Callable[[int], None]) -> None:
        """Orders with some seconds between them."""
        for number in range(count):
            self.fake.place(is_paid=number % 2 == 0)
            pass_time(seconds)

    def send(self, seed: int, answer: str, **shares: float) -> None:
        """Send what is due, in any order; `shares` of it are lost, late or doubled."""
        self._answer = answer
        faults = Faults(is_reordered=True, random=random.Random(seed), **shares)  # type: ignore[arg-type]
        self.fake.faults.__dict__.update(faults.__dict__)
        self.fake.deliver()
        # WooCommerce switches a webhook off after seven failures; the hourly check switches it on.
        for webhook in self.fake.hooks.all.values():
            webhook.status, webhook.failures = "active", 0

    def record(self) -> ShopRecord:
        return read_record(self.fake, self.posted)

    def _send(self, url: str, headers: Mapping[str, str], body: bytes) -> int:
        raw = [(name.lower().encode(), value.encode()) for name, value in headers.items()]
        found = incoming.read(Request(headers=raw, body=body), self._destination)
        if not isinstance(found, Incoming):
            return 200
        if self._answer != "refused":
            self._store(found)
        self.posted.append(Posted(topic=found.topic, body=body, status=STATUSES[self._answer]))
        return STATUSES[self._answer]

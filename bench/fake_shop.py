"""A fake shop that is connected with a running product and places orders at a steady rate."""

from __future__ import annotations

import json
import time
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from bench.product import post
from integrations.fakes.sending import send_by_http
from integrations.woocommerce.fake.server import ShopServer
from integrations.woocommerce.fake.shop import KEY, SECRET, FakeShop
from tests.stack import Stack
from tests.waiting import wait_for

SENDERS = 8
SELLER = {
    "name": "Bench GmbH",
    "street": "Hafenstr. 1",
    "city": "Kiel",
    "postcode": "24103",
    "country": "DE",
    "vat_id": "DE136695976",
}


class TimedShop:
    """A context manager: a new store of the product and its shop. Webhooks are sent as WooCommerce does, two an order.

    `sent_at` and `accepted_at` have the wall-clock times of the first webhook of an order that was answered with 200, by
    the id of the order.
    """

    def __init__(self, stack: Stack) -> None:
        self.sent_at: dict[str, float] = {}
        self.accepted_at: dict[str, float] = {}
        self._stack = stack
        self._senders = ThreadPoolExecutor(SENDERS, thread_name_prefix="shop")
        self._shop = FakeShop(send=self._send)
        self._server = ShopServer(self._shop)

    def __enter__(self) -> TimedShop:
        self._server.__enter__()
        store = {
            "name": "Bench shop",
            "platform": "woocommerce",
            "currency": "EUR",
            "timezone": "UTC",
            "seller": SELLER,
        }
        self.store = post(self._stack, "/api/stores", store)
        keys = {"url": self._shop.url, "consumer_key": KEY, "consumer_secret": SECRET}
        post(self._stack, f"/api/stores/{self.store['slug']}/connect", keys)
        wait_for(self._has_webhooks, "the webhooks of the shop")
        return self

    def __exit__(self, *_: object) -> None:
        self._senders.shutdown()
        self._server.__exit__()

    def sell(self, *, per_second: float, seconds: float) -> float:
        """Place paid orders for `seconds`, and wait for all answers; returns how many a second there were. Call it once."""
        began = time.monotonic()
        count = round(per_second * seconds)
        for number in range(count):
            time.sleep(max(0.0, began + number / per_second - time.monotonic()))
            self._shop.place()
            self._shop.deliver()
        rate = count / (time.monotonic() - began)
        self._senders.shutdown()
        return rate

    def _has_webhooks(self) -> bool:
        return [each.status for each in self._shop.hooks.all.values()].count("active") >= 2

    def _send(self, url: str, headers: Mapping[str, str], body: bytes) -> int:
        """Send a ping and wait for its answer; send a webhook in another thread, so that the rate holds."""
        if not body.startswith(b"{"):
            return send_by_http(url, headers, body)
        self._senders.submit(self._send_timed, url, headers, body)
        return 200

    def _send_timed(self, url: str, headers: Mapping[str, str], body: bytes) -> None:
        order: dict[str, Any] = json.loads(body)
        sent_at = time.time()
        if send_by_http(url, headers, body) == 200:
            self.accepted_at.setdefault(str(order["id"]), time.time())
            self.sent_at.setdefault(str(order["id"]), sent_at)

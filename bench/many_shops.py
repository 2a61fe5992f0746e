"""Fake shops of many stores of a running product, as a process of its own beside it.

Commands are lines of the standard input, and each answer is a line of JSON: `open COUNT` connects demonstration stores, of
all platforms in turn, until there are COUNT; `sell PER_MINUTE SECONDS` sells in all of them in turn, and waits until every
webhook was answered.
"""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from itertools import cycle, islice
from typing import Any

from integrations.fakes.sending import send_by_http
from integrations.fakes.server import FakeServer
from integrations.simulation.demonstration import demonstration_stores
from integrations.simulation.platforms import installed, opener_of
from integrations.simulation.shops import Opening, SimulatedShop
from stores.queries import read_store

SENDERS = 16


class ManyShops:
    """The shops of one server. Its public methods are the commands."""

    def __init__(self, server: FakeServer) -> None:
        self._server = server
        self._shops: list[SimulatedShop] = []
        self._begin()

    def open(self, count: float) -> dict[str, Any]:
        """Connect more stores; returns how many there are."""
        for slug in list(demonstration_stores(int(count), installed()))[len(self._shops) :]:
            store = read_store(slug)
            send = partial(self._send, slug)
            opening = Opening(store=store, server=self._server, seed=slug, has_faults=False, send=send)
            shop = opener_of(store.platform)(opening)
            shop.connect()
            self._shops.append(shop)
        return {"stores": len(self._shops)}

    def sell(self, per_minute: float, seconds: float) -> dict[str, Any]:
        """Sell at that rate, by absolute times; returns the webhooks that were `accepted` and `refused`, and the `orders`.

        An order is named by the slug of its store and its id. It has the wall-clock times at which its first accepted
        webhook was sent and answered.
        """
        self._begin()
        count, began = round(per_minute * seconds / 60), time.monotonic()
        with ThreadPoolExecutor(SENDERS) as threads:
            selling = []
            for number, shop in enumerate(islice(cycle(self._shops), count)):
                time.sleep(max(0.0, began + number * 60 / per_minute - time.monotonic()))
                selling.append(threads.submit(shop.sell))
        for each in selling:
            each.result()
        return {"orders": self._orders, "accepted": self._accepted, "refused": self._refused}

    def _begin(self) -> None:
        self._orders: dict[str, tuple[float, float]] = {}
        self._accepted = self._refused = 0

    def _send(self, slug: str, url: str, headers: Mapping[str, str], body: bytes) -> int:
        """Send a webhook as shops do. Pings and webhooks of stock name no order."""
        sent_at = time.time()
        status = send_by_http(url, headers, body)
        self._accepted += status == 200
        self._refused += status != 200
        if status == 200 and body.startswith(b'{"id":'):
            self._orders.setdefault(f"{slug} {json.loads(body)['id']}", (sent_at, time.time()))
        return status


def main() -> None:
    """Answer the commands until the standard input ends."""
    with FakeServer() as server:
        shops = ManyShops(server)
        for line in sys.stdin:
            command, *numbers = line.split()
            print(json.dumps(getattr(shops, command)(*map(float, numbers))), flush=True)

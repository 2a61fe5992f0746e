"""A shop of each platform with many earlier orders, as a process of its own beside a running product.

The command `open COUNT` connects a demonstration store of each platform with a shop that has `COUNT` orders of the last weeks;
it answers with the slugs of the stores by platform, and the time of the first orders.
"""

from __future__ import annotations

import json
import sys
from datetime import UTC, datetime, timedelta

from integrations.fakes.server import FakeServer
from integrations.simulation.demonstration import demonstration_stores
from integrations.simulation.platforms import installed, opener_of
from integrations.simulation.shops import Opening, SimulatedShop
from stores.queries import StoreFacts, read_store

# Shopify shows orders of the last 60 days.
DAYS = 50


class Clock:
    """The clock of a shop, which can be set; it shows the present time from `run` on."""

    def __init__(self, at: datetime) -> None:
        self.at: datetime | None = at

    def __call__(self) -> datetime:
        return self.at or datetime.now(UTC)

    def run(self) -> None:
        self.at = None


def open_shop(server: FakeServer, store: StoreFacts, count: int, since: datetime) -> SimulatedShop:
    """Connect the store with a shop that has these orders already."""
    clock = Clock(since)
    opening = Opening(store=store, server=server, seed=store.slug, has_faults=False, clock=clock)
    shop = opener_of(store.platform)(opening)
    step = timedelta(days=DAYS) / count
    for number in range(count):
        clock.at = since + number * step
        shop.sell()
    clock.run()
    shop.connect()
    return shop


def main() -> None:
    """Answer the commands until the standard input ends."""
    with FakeServer() as server:
        for line in sys.stdin:
            count = int(line.split()[1])
            since = datetime.now(UTC) - timedelta(days=DAYS)
            platforms = installed()
            stores = [read_store(slug) for slug in demonstration_stores(len(platforms), platforms)]
            for store in stores:
                open_shop(server, store, count, since)
            answer = {"since": since.isoformat(), "stores": {store.platform: store.slug for store in stores}}
            print(json.dumps(answer), flush=True)

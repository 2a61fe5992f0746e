"""Measures how late an order is on screen: from the shop's accepted webhook to the `order` frame of the store's page.

The whole product runs. A fake WooCommerce places 20 paid orders a second, each with its two webhooks on connections of
their own; a screen of the store receives. Nothing waits at the start.
"""

from __future__ import annotations

import time
from collections.abc import Iterator

from bench import mode
from bench.client import Listener
from bench.fake_shop import TimedShop
from bench.frame import Goal, Options, Table, percentile
from bench.product import Watch, product
from tests.waiting import wait_for

PER_SECOND = 20
SECONDS, SMOKE_SECONDS = 30, 2
SETTLE_SECONDS = 5
P50_GOAL, P99_GOAL = Goal(least=250, aim=100, upwards=False), Goal(least=1000, aim=500, upwards=False)


def run(options: Options) -> Iterator[Table]:
    """One table: milliseconds from request and answer to the frame, and the processor time of each process."""
    with product() as stack, TimedShop(stack) as shop:
        with Listener(f"{stack.ws_url}?feed={shop.store['feed']}", stack.headers) as screen:
            time.sleep(options.pick(SETTLE_SECONDS, 1))
            watch, began_at = Watch(stack), time.monotonic()
            rate = shop.sell(per_second=PER_SECOND, seconds=options.pick(SECONDS, SMOKE_SECONDS))
            wait_for(lambda: shop.accepted_at.keys() <= _shown_at(screen).keys(), "all orders on the screen")
            shares, seconds = watch.cpu_shares(), time.monotonic() - began_at
        table = _table(shop, _shown_at(screen), rate)
        for name, share in shares.items():
            table.add(f"{name}: processor", "ms an order", 10 * share * seconds / len(shop.accepted_at))
        table.notes.append(mode.note())
        yield table


def _shown_at(screen: Listener) -> dict[str, float]:
    """When the first frame of each order with its invoice came, by the id of the order."""
    found: dict[str, float] = {}
    for received in screen.frames("order"):
        order = received.frame["order"]
        if order["invoice_state"] == "invoiced":
            found.setdefault(order["external_id"], received.at)
    return found


def _table(shop: TimedShop, shown_at: dict[str, float], rate: float) -> Table:
    table = Table(title=f"{PER_SECOND} orders a second, from the shop to the screen of the store")
    table.add("orders", "1/s", rate)
    for name, since in (("from the request", shop.sent_at), ("from its answer", shop.accepted_at)):
        delays = [1000 * (shown_at[order] - at) for order, at in since.items()]
        goals = (P50_GOAL, P99_GOAL) if since is shop.accepted_at else (None, None)
        for share, goal in zip((0.5, 0.99), goals, strict=True):
            table.judge(f"{name}: p{100 * share:.0f}", "ms", percentile(delays, share), goal=goal)
    return table

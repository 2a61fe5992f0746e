"""Measures a thousand connected stores on one machine: what they cost while nothing happens, and how late sales are.

Shops of WooCommerce and Shopify are simulated by a process of their own, whose processor time is not counted. Idle: the
processor time of the product with a hundred and with a thousand connected stores, less that without any. Busy: all stores
together place a thousand paid orders a minute, with more than two thousand webhooks, while the overview of all stores and
the pages of some are open. The client runs on the same machine.
"""

from __future__ import annotations

import contextlib
import time
from collections.abc import Iterator, Mapping

from bench import mode
from bench.beside import Beside
from bench.client import Listener
from bench.connected import open_stores
from bench.frame import Goal, Options, Table
from bench.lateness import Delays, Sampler, delays_of
from bench.product import Watch, product
from tests.stack import Stack

# The numbers of stores, and the goals in percent of a core that they may add.
IDLE = {100: Goal(least=1, aim=0.5, upwards=False), 1000: Goal(least=5, aim=2.5, upwards=False)}
SMOKE_STORES = (2, 4)
IDLE_SECONDS, SMOKE_IDLE_SECONDS = 120, 2
PER_MINUTE, SMOKE_PER_MINUTE = 1000, 240
BUSY_SECONDS, SMOKE_BUSY_SECONDS = 300, 3
SETTLE_SECONDS = 5
LATE_GOAL = Goal(least=5, aim=1, upwards=False)
WATCHED = ("demo-shop-1", "demo-shopify-1")


def run(options: Options) -> Iterator[Table]:
    """A table of the idle stores, then one of the busy ones."""
    goals = dict(zip(SMOKE_STORES, IDLE.values(), strict=True)) if options.smoke else IDLE
    with product({"INTAKE_ALLOW_PRIVATE": "1"}) as stack, Beside(stack, "bench.many_shops") as shops:
        for table in (_idle(stack, shops, options, goals), _busy(stack, shops, options, max(goals))):
            table.notes.append(mode.note())
            yield table


def _idle(stack: Stack, shops: Beside, options: Options, goals: Mapping[int, Goal]) -> Table:
    seconds = options.pick(IDLE_SECONDS, SMOKE_IDLE_SECONDS)
    table = Table(title="Connected stores in which nothing happens")
    alone = _shares(stack, seconds)
    for name, share in alone.items():
        table.add(f"no store: {name}", "% of a core", share)
    for count, goal in goals.items():
        open_stores(stack, shops, count)
        shares = _shares(stack, seconds)
        for name, share in shares.items():
            table.add(f"{count:,} stores: {name} more", "% of a core", share - alone[name])
        more = sum(shares.values()) - sum(alone.values())
        table.judge(f"{count:,} stores: what they add", "% of a core", more, goal=goal)
    return table


def _shares(stack: Stack, seconds: int) -> dict[str, float]:
    time.sleep(SETTLE_SECONDS)
    watch = Watch(stack)
    time.sleep(seconds)
    return watch.cpu_shares()


def _busy(stack: Stack, shops: Beside, options: Options, count: int) -> Table:
    per_minute = options.pick(PER_MINUTE, SMOKE_PER_MINUTE)
    seconds = options.pick(BUSY_SECONDS, SMOKE_BUSY_SECONDS)
    with _screens(stack) as screens, Sampler(stack) as sampler:
        watch, began_at = Watch(stack), time.monotonic()
        sent = shops.ask(f"sell {per_minute} {seconds}")
        shares, memory = watch.cpu_shares(), watch.memory()
        elapsed = time.monotonic() - began_at
        delays = delays_of(stack, sent["orders"], screens)
    table = Table(title=f"{count:,} stores, together {per_minute:,} orders a minute for {seconds} s")
    table.add("webhooks accepted", "a minute", 60 * sent["accepted"] / elapsed)
    table.add("webhooks refused", "", sent["refused"])
    _judge(table, delays, sampler)
    for name, share in shares.items():
        table.add(f"{name}: processor", "% of a core", share)
    table.add("all processes: processor", "ms an order", 10 * sum(shares.values()) * elapsed / len(sent["orders"]))
    table.add("all processes: memory (PSS)", "MB", sum(memory.values()))
    return table


def _judge(table: Table, delays: Delays, sampler: Sampler) -> None:
    for name, found in delays.by_name().items():
        table.add(f"{name}: p50", "s", found[len(found) // 2])
        table.judge(f"{name}: latest", "s", found[-1], goal=LATE_GOAL)
    table.judge("figures behind the documents: most", "s", sampler.figures_seconds, goal=LATE_GOAL)


@contextlib.contextmanager
def _screens(stack: Stack) -> Iterator[dict[str, Listener]]:
    """The open overview under the name "", and the page of a store of each platform by its slug."""
    base = stack.ws_url.removesuffix("/ws/dashboard/")
    with contextlib.ExitStack() as open_screens:
        urls = {"": f"{base}/ws/stores/"} | {slug: f"{stack.ws_url}?feed=store-{slug}" for slug in WATCHED}
        yield {slug: open_screens.enter_context(Listener(url, stack.headers)) for slug, url in urls.items()}

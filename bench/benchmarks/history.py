"""Measures the import of the earlier orders of a shop: orders per processor second, and the memory of its process.

A fake shop of each platform has `SIZE` earlier orders, in a process of its own whose processor time is not counted. Counted
are all processes of the product, PostgreSQL and Redis included.
"""

from __future__ import annotations

import time
from collections.abc import Iterator

import psutil

from bench import mode
from bench.beside import Beside
from bench.frame import Goal, Options, Table
from bench.product import Watch, post, product
from tests.stack import Stack

ORDERS, SMOKE_ORDERS = 100_000, 60
LOOK_SECONDS = 0.2
RATE_GOAL = Goal(least=150, aim=250)
MEMORY_GOAL = Goal(least=150, aim=120, upwards=False)
NAMES = {"woocommerce": "WooCommerce", "shopify": "Shopify"}


def run(options: Options) -> Iterator[Table]:
    """A table per platform."""
    count = options.rows(ORDERS, SMOKE_ORDERS)
    with product({"INTAKE_ALLOW_PRIVATE": "1"}) as stack, Beside(stack, "bench.old_shops") as shops:
        opened = shops.ask(f"open {count}")
        for platform, slug in opened["stores"].items():
            table = _import(stack, slug, opened["since"], f"{NAMES[platform]}: {count:,} earlier orders of a shop")
            table.notes.append(mode.note())
            yield table


def _import(stack: Stack, slug: str, since: str, title: str) -> Table:
    watch, began_at = Watch(stack), time.monotonic()
    job = post(stack, f"/api/stores/{slug}/sync", {"kind": "history", "from": since})
    most = 0.0
    while (job := stack.get_json(f"/api/jobs/{job['id']}"))["state"] in ("queued", "running"):
        most = max(most, _memory(stack))
        time.sleep(LOOK_SECONDS)
    if job["state"] != "done":
        raise RuntimeError(f"The import has ended: {job}")
    shares, elapsed = watch.cpu_shares(), time.monotonic() - began_at
    orders = job["report"]["added"]
    table = Table(title=title)
    table.add("recorded", "orders", orders)
    table.add("time", "s", elapsed)
    for name, share in shares.items():
        table.add(f"{name}: processor", "ms an order", 10 * share * elapsed / orders)
    table.judge(
        "recorded", "orders per processor second", 100 * orders / (sum(shares.values()) * elapsed), goal=RATE_GOAL
    )
    table.judge("memory of the job at its most (RSS)", "MB", most / 1e6, goal=MEMORY_GOAL)
    return table


def _memory(stack: Stack) -> float:
    """The memory of the process that runs the job; 0 before it runs."""
    try:
        children = psutil.Process(stack.pid("jobs")).children()
        return max((float(child.memory_info().rss) for child in children), default=0.0)
    except psutil.NoSuchProcess:
        return 0.0

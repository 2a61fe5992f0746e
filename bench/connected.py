"""Many stores of a running product with fake shops: connected, then as if they had been connected at different times."""

from __future__ import annotations

import time
from functools import partial

from bench.beside import Beside
from bench.product import connect, query
from tests.stack import Stack
from tests.waiting import wait_for

# The first readings of stores, which begin when they are connected: orders, webhooks and stock of each.
_FIRST = "SELECT count(DISTINCT (store_id, kind)) FROM syncing_syncrun WHERE kind IN ('poll', 'webhooks', 'stock')"
_LEFT = "SELECT count(*) FROM jobs_job WHERE state IN ('queued', 'running')"
# A store is polled every half hour while it is quiet, its webhooks are looked at every hour, its stock every 15 minutes.
_SPREAD = """
UPDATE syncing_syncstate SET next_poll_at = clock_timestamp() + random() * interval '1800 s',
    next_check_at = clock_timestamp() + random() * interval '3600 s',
    next_stock_at = clock_timestamp() + random() * interval '900 s'
"""
# Stores that are connected at a time; each needs less than a second.
AT_ONCE = 50


def open_stores(stack: Stack, shops: Beside, count: int) -> None:
    """Connect stores until there are `count`, and wait until their first readings are done."""
    present = query(stack, "SELECT count(*) FROM syncing_syncstate")[0][0]
    for number in [*range(present + AT_ONCE, count, AT_ONCE), count]:
        shops.ask(f"open {number}")
        wait_for(partial(_is_settled, stack, number), f"the first readings of {number} stores")
    with connect(stack) as connection:
        connection.execute(_SPREAD.encode())


def _is_settled(stack: Stack, count: int) -> bool:
    return bool(query(stack, _FIRST)[0][0] == 3 * count and query(stack, _LEFT)[0][0] == 0)


def wait_until_applied(stack: Stack) -> float:
    """Wait until no webhook waits; returns the wall-clock time of that."""
    wait_for(lambda: not query(stack, "SELECT FROM webhooks_delivery WHERE state = 'new' LIMIT 1"), "all webhooks")
    return time.time()

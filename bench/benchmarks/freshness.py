"""How late a dashboard is while a thousand others are open: at 5 invoices a second, and at as many as the product issues.

The whole product runs, on Daphne and on uvicorn. One dashboard writes down when it hears of what PostgreSQL's clock says;
the thousand others, all served by the same process, only listen.
"""

from __future__ import annotations

import time
from collections.abc import Iterator

from bench.benchmarks.standard import cost, freshness
from bench.client import Listener
from bench.crowd import Crowd
from bench.frame import Goal, Options, Table
from bench.product import Watch, post, product, query
from tests.stack import Stack

SOCKETS, SMOKE_SOCKETS = 1000, 30
SECONDS, SMOKE_SECONDS = 20, 2
# Five frames of totals a second: the p99 of fewer than two hundred would be the worst of them.
FULL_SECONDS = 45
FULL_RATE = 10_000
FULL_GOAL = Goal(least=100, aim=60, upwards=False)

_LAST = """
SELECT count(*), extract(epoch FROM max(created_at) - min(created_at))::float FROM invoices_invoice
WHERE run_id = (SELECT max(id) FROM invoices_run)
"""


def run(options: Options) -> Iterator[Table]:
    """Tables for each server: at 5 a second, at full ingest, and what it costs."""
    sockets = options.pick(SOCKETS, SMOKE_SOCKETS)
    for server in ("uvicorn",) if options.smoke else ("daphne", "uvicorn"):
        with product({"WEB_SERVER": server}) as stack, Crowd(stack.ws_url, "none", sockets) as crowd:
            crowd.ask("connect")
            yield from _measure(stack, f"{server}, {sockets:,} dashboards open", options)


def _measure(stack: Stack, title: str, options: Options) -> Iterator[Table]:
    seconds = options.pick(SECONDS, SMOKE_SECONDS)
    watch = Watch(stack)
    calm = _run(stack, 5, seconds)
    yield freshness(stack, calm, f"{title}, 5 invoices a second", None)
    yield cost(f"{title}, 5 invoices a second", watch.cpu_shares(), watch.memory(), None, None)
    full = _run(stack, FULL_RATE, options.pick(FULL_SECONDS, SMOKE_SECONDS))
    table = freshness(stack, full, f"{title}, as many invoices as can be", FULL_GOAL)
    ((issued, took),) = query(stack, _LAST)
    table.add("issued meanwhile", "1/s", issued / (took or 1))
    yield table


def _run(stack: Stack, rate: int, seconds: int) -> Listener:
    """A run that is watched, and stopped at its end: at full rate it would go on."""
    with Listener(stack.ws_url) as listener:
        post(stack, "/api/control/start", {"rate_per_second": rate, "duration_seconds": seconds})
        time.sleep(seconds + 1)
        if stack.get_json("/api/system/status")["state"] == "running":
            post(stack, "/api/control/stop")
        post(stack, "/api/control/skip")
    return listener

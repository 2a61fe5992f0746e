"""Measures how late a dashboard is while a thousand others are open, at 5 invoices per second and at full issue rate.

The whole product runs, on Daphne and on uvicorn. One dashboard records when it receives each row and each change of the
totals; PostgreSQL has dated both. The other dashboards, all on the same web process, only receive. A connection to
PostgreSQL records when new totals are visible there, so that a delay can be attributed to the disk or to the product. The
idle disk is measured first.
"""

from __future__ import annotations

import time
from collections.abc import Iterator

from bench import machine, mode
from bench.benchmarks.standard import cost, freshness
from bench.client import Listener
from bench.commits import Commits
from bench.frame import Goal, Options, Table, percentile
from bench.product import Watch, post, product, query
from bench.screen_process import ScreenProcess
from bench.servers import data_directory
from tests.stack import Stack

SOCKETS, SMOKE_SOCKETS = 1000, 30
# Two rows per second are shown: a shorter run has fewer than 100, and the p99 of fewer than 100 values is their maximum.
SECONDS, SMOKE_SECONDS = 55, 2
FULL_SECONDS = 60
DISK_WRITES, SMOKE_DISK_WRITES = 200, 10
NORMAL_RATE, FULL_RATE = 5, 10_000
FULL_GOAL = Goal(least=100, aim=60, upwards=False)

# Of the last run: the number of invoices, and the seconds from its first to its last.
_LAST_RUN = """
SELECT count(*), extract(epoch FROM max(created_at) - min(created_at))::float FROM invoices_invoice
WHERE run_id = (SELECT max(id) FROM invoices_run)
"""


def run(options: Options) -> Iterator[Table]:
    """A table of the disk; then three per server: delays at 5 invoices per second, resources, delays at full rate."""
    yield _disk(options)
    sockets = options.pick(SOCKETS, SMOKE_SOCKETS)
    for server in ("uvicorn",) if options.smoke else ("daphne", "uvicorn"):
        with (
            product({"WEB_SERVER": server}) as stack,
            ScreenProcess(stack.ws_url, "none", sockets, stack.headers) as screens,
        ):
            screens.ask("connect")
            for table in _measure(stack, f"{server}, {sockets:,} dashboards open", options):
                table.notes.append(mode.note())
                yield table


def _disk(options: Options) -> Table:
    """How long the idle disk takes for a write of 8 kB, without the product."""
    with data_directory() as root:
        stalls = machine.disk_stalls(root, options.pick(DISK_WRITES, SMOKE_DISK_WRITES))
    table = Table(title="The disk alone: 8 kB written and synchronised, ten times a second")
    for name, share in (("p50", 0.5), ("p99", 0.99), ("worst", 1.0)):
        table.add(f"{len(stalls)} writes: {name}", "ms", percentile(stalls, share))
    return table


def _measure(stack: Stack, title: str, options: Options) -> Iterator[Table]:
    """The tables of one server; `title` names the server and the number of open dashboards."""
    seconds = options.pick(SECONDS, SMOKE_SECONDS)
    with Commits(stack) as commits:
        watch = Watch(stack, without=[commits.pid])
        normal = _run(stack, NORMAL_RATE, seconds)
        cpu, memory = watch.cpu_shares(), watch.memory()
        yield freshness(stack, normal, commits, f"{title}, 5 invoices per second", None)
        yield cost(f"{title}, 5 invoices per second", cpu, memory, None, None)
        full = _run(stack, FULL_RATE, options.pick(FULL_SECONDS, SMOKE_SECONDS))
        table = freshness(stack, full, commits, f"{title}, as many invoices as can be", FULL_GOAL)
    ((issued, seconds_taken),) = query(stack, _LAST_RUN)
    table.add("issued meanwhile", "1/s", issued / (seconds_taken or 1))
    yield table


def _run(stack: Stack, rate: int, seconds: int) -> Listener:
    """Run at `rate` for `seconds`; returns the dashboard that received its frames.

    At full rate the run is late and would go on, so it is stopped, and its queued rows are skipped.
    """
    with Listener(stack.ws_url, stack.headers) as listener:
        post(stack, "/api/control/start", {"rate_per_second": rate, "duration_seconds": seconds})
        time.sleep(seconds + 1)
        if stack.get_json("/api/system/status")["state"] == "running":
            post(stack, "/api/control/stop")
        post(stack, "/api/control/skip")
    return listener

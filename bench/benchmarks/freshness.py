"""How late a dashboard is while a thousand others are open: at 5 invoices a second, and at as many as the product issues.

The whole product runs, on Daphne and on uvicorn. One dashboard writes down when it hears of what PostgreSQL's clock says;
the thousand others, all served by the same process, only listen. Another connection writes down when PostgreSQL itself
shows the totals, so that a late frame can be laid to the disk or to the product; what the disk does with nothing else at
work is measured first.
"""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence

from bench import machine
from bench.benchmarks.standard import add_delays, cost, freshness
from bench.client import Listener, moment
from bench.commits import Commits
from bench.crowd import Crowd
from bench.frame import Goal, Options, Table, percentile
from bench.product import Watch, post, product, query
from bench.servers import data_directory
from tests.stack import Stack

SOCKETS, SMOKE_SOCKETS = 1000, 30
SECONDS, SMOKE_SECONDS = 20, 2
# Five frames of totals a second: the p99 of fewer than two hundred would be the worst of them.
FULL_SECONDS = 90
DISK_WRITES, SMOKE_DISK_WRITES = 300, 10
FULL_RATE = 10_000
FULL_GOAL = Goal(least=100, aim=60, upwards=False)

_LAST = """
SELECT count(*), extract(epoch FROM max(created_at) - min(created_at))::float FROM invoices_invoice
WHERE run_id = (SELECT max(id) FROM invoices_run)
"""


def run(options: Options) -> Iterator[Table]:
    """A table of the disk; then for each server: at 5 a second, at full ingest, and what it costs."""
    yield _disk(options)
    sockets = options.pick(SOCKETS, SMOKE_SOCKETS)
    for server in ("uvicorn",) if options.smoke else ("daphne", "uvicorn"):
        with product({"WEB_SERVER": server}) as stack, Crowd(stack.ws_url, "none", sockets) as crowd:
            crowd.ask("connect")
            yield from _measure(stack, f"{server}, {sockets:,} dashboards open", options)


def _disk(options: Options) -> Table:
    with data_directory() as root:
        stalls = machine.disk_stalls(root, options.pick(DISK_WRITES, SMOKE_DISK_WRITES))
    table = Table(title="The disk alone: 8 kB written and synchronised, ten times a second")
    for name, share in (("p50", 0.5), ("p99", 0.99), ("worst", 1.0)):
        table.add(f"{len(stalls)} writes: {name}", "ms", percentile(stalls, share))
    return table


def _measure(stack: Stack, title: str, options: Options) -> Iterator[Table]:
    seconds = options.pick(SECONDS, SMOKE_SECONDS)
    watch = Watch(stack)
    calm = _run(stack, 5, seconds)
    yield freshness(stack, calm, f"{title}, 5 invoices a second", None)
    yield cost(f"{title}, 5 invoices a second", watch.cpu_shares(), watch.memory(), None, None)
    with Commits(stack) as commits:
        full = _run(stack, FULL_RATE, options.pick(FULL_SECONDS, SMOKE_SECONDS))
    table = freshness(stack, full, f"{title}, as many invoices as can be", FULL_GOAL)
    _add_parts(table, full, commits)
    ((issued, took),) = query(stack, _LAST)
    table.add("issued meanwhile", "1/s", issued / (took or 1))
    yield table


def _add_parts(table: Table, listener: Listener, commits: Commits) -> None:
    """How much of the totals' delays is the commit's, and how much comes after it."""
    as_of = [moment(heard.frame["stats"]["as_of"]) for heard in listener.frames("stats")]
    both = zip(listener.totals_delays(), map(commits.delay, as_of), strict=True)
    parts = [(whole, commit) for whole, commit in both if commit is not None]
    add_delays(table, "the commit's part of it", [commit for _, commit in parts], None)
    add_delays(table, "the rest", [whole - commit for whole, commit in parts], None)
    table.notes.append(f"Totals later than {FULL_GOAL.least:g} ms: {_late(parts)}.")


def _late(parts: Sequence[tuple[float, float]]) -> str:
    late = sorted((part for part in parts if part[0] > FULL_GOAL.least), reverse=True)
    return ", ".join(f"{whole:.0f} ms, of it the commit {commit:.0f}" for whole, commit in late) or "none"


def _run(stack: Stack, rate: int, seconds: int) -> Listener:
    """A run that is watched, and stopped at its end: at full rate it would go on."""
    with Listener(stack.ws_url) as listener:
        post(stack, "/api/control/start", {"rate_per_second": rate, "duration_seconds": seconds})
        time.sleep(seconds + 1)
        if stack.get_json("/api/system/status")["state"] == "running":
            post(stack, "/api/control/stop")
        post(stack, "/api/control/skip")
    return listener

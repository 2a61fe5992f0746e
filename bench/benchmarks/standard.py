"""Watches a standard run of the whole product from outside: queries, freshness, pace, memory, processor, start-up.

5 invoices per second are issued and 2 per second shown, for two minutes with one dashboard open and for two without; then
the same processes idle for two minutes without a dashboard and for two with one. No figure grows with time.
`INVOICEDASH_OPEN=0` measures the same in closed mode.
"""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping, Sequence
from itertools import combinations
from statistics import median

from bench import mode
from bench.client import Listener
from bench.commits import Commits
from bench.frame import Goal, Options, Table, percentile
from bench.product import Watch, post, product, query, wait_until_idle
from tests.stack import Stack

PART_SECONDS, SMOKE_PART_SECONDS = 120, 4
SETTLE_SECONDS, SMOKE_SETTLE_SECONDS = 5, 1
PERIOD = 0.5
LATE = 100
TITLE = "From the database to a dashboard, in a standard run"
MEMORY_GOAL, DASHBOARD_GOAL = Goal(least=460, aim=400, upwards=False), Goal(least=0.5, aim=0.25, upwards=False)
RUN_GOAL, IDLE_GOAL = Goal(least=20, aim=10, upwards=False), Goal(least=3, aim=2, upwards=False)
TOTALS_GOAL, ROWS_GOAL = Goal(least=25, aim=10, upwards=False), Goal(least=100, aim=40, upwards=False)

_BEATS = "SELECT name, pid, query_count, query_seconds FROM streaming_heartbeat"
_SHOWN = "SELECT seq, extract(epoch FROM shown_at)::float FROM streaming_shown WHERE feed_id = 'demo' ORDER BY seq"


def run(options: Options) -> Iterator[Table]:
    """Tables of the run, then of the idle product."""
    seconds = options.pick(PART_SECONDS, SMOKE_PART_SECONDS)
    started = time.monotonic()
    with product() as stack:
        ready = time.monotonic() - started
        _settle(options)
        for table in _tables(stack, options, seconds):
            table.notes.append(mode.note())
            yield table
        yield _start_up(ready)


def _tables(stack: Stack, options: Options, seconds: int) -> Iterator[Table]:
    queries = Queries(stack)
    with Listener(stack.ws_url, stack.headers) as listener, Commits(stack) as commits:
        watch = Watch(stack, without=[commits.pid])
        post(stack, "/api/control/start", {"rate_per_second": 5, "duration_seconds": 2 * seconds + 60})
        time.sleep(seconds)
        watched, memory = watch.cpu_shares(), watch.memory()
    yield queries.table()
    yield freshness(stack, listener, commits, TITLE)
    yield _pace(stack)
    yield cost("Standard run", watched, memory, MEMORY_GOAL, RUN_GOAL)
    yield first_dashboard("in a standard run", _shares(stack, seconds), watched)
    post(stack, "/api/control/stop")
    post(stack, "/api/control/skip")
    wait_until_idle(stack)
    yield from _idle(stack, options, seconds)


def _settle(options: Options) -> None:
    time.sleep(options.pick(SETTLE_SECONDS, SMOKE_SETTLE_SECONDS))


def _shares(stack: Stack, seconds: int) -> dict[str, float]:
    """The processor time of the processes in the next `seconds`."""
    watch = Watch(stack)
    time.sleep(seconds)
    return watch.cpu_shares()


class Queries:
    """The number of queries of each process and the time it waits for them, from its heartbeats."""

    def __init__(self, stack: Stack) -> None:
        self._stack = stack
        self._before = self._read()

    def table(self) -> Table:
        """The table of the queries since this object was created."""
        table = Table(title="Queries in a standard run, as their callers waited for them")
        total_count, total_seconds = 0, 0.0
        for name, (count, seconds) in self._read().items():
            before = self._before.get(name, (0, 0.0))
            count, seconds = count - before[0], seconds - before[1]
            total_count, total_seconds = total_count + count, total_seconds + seconds
            if count:
                table.add(f"{name[0]}: {count} queries", "ms each", 1000 * seconds / count)
        table.judge(
            "all processes", "ms each", 1000 * total_seconds / total_count, goal=Goal(least=50, aim=5, upwards=False)
        )
        return table

    def _read(self) -> dict[tuple[str, int], tuple[int, float]]:
        return {(name, pid): (count, seconds) for name, pid, count, seconds in query(self._stack, _BEATS)}


def freshness(
    stack: Stack, listener: Listener, commits: Commits, title: str, totals_goal: Goal | None = TOTALS_GOAL
) -> Table:
    """The delay until a dashboard received committed changes, and the part of the commit in it."""
    table = Table(title=title)
    kinds = {
        "totals, from as_of": (listener.totals_delays(), totals_goal),
        "rows, from shown_at": (listener.row_delays(dict(query(stack, _SHOWN))), ROWS_GOAL),
    }
    for name, (delays, goal) in kinds.items():
        _add_delays(table, name, list(delays.values()), goal)
        _add_parts(table, name, delays, commits)
    table.notes.append("Both moments lie before their commit, so the commit to disk is in the figures.")
    return table


def _add_parts(table: Table, name: str, delays: Mapping[float, float], commits: Commits) -> None:
    seen = {at: commit for at in delays if (commit := commits.delay(at)) is not None}
    kind, _, start = name.partition(", from ")
    _add_delays(table, f"{kind}, from {start} to the commit", list(seen.values()), None)
    _add_delays(table, f"{kind}, from the commit", [delays[at] - commit for at, commit in seen.items()], None)
    late = sorted(((delays[at], commit) for at, commit in seen.items() if delays[at] > LATE), reverse=True)
    delays_text = ", ".join(f"{whole:.0f} ms, of it the commit {commit:.0f}" for whole, commit in late) or "none"
    table.notes.append(f"Later than {LATE} ms, {kind}: {delays_text}.")


def _add_delays(table: Table, name: str, delays: Sequence[float], goal: Goal | None) -> None:
    table.add(f"{name}, {len(delays)} frames: p50", "ms", percentile(delays, 0.5))
    table.judge(f"{name}: p99", "ms", percentile(delays, 0.99), goal=goal)


def _pace(stack: Stack) -> Table:
    """The distance of the rows from their grid of half a second, and the drift of the grid."""
    moments = [at for _, at in query(stack, _SHOWN)]
    phases = [at - moments[0] - PERIOD * index for index, at in enumerate(moments)]
    middle = percentile(phases, 0.5)
    table = Table(title=f"Pace of {len(moments)} rows at 2 per second")
    off = [1000 * abs(phase - middle) for phase in phases]
    table.add("off the grid: p50", "ms", percentile(off, 0.5))
    table.judge("off the grid: p99", "ms", percentile(off, 0.99), goal=Goal(least=10, aim=5, upwards=False))
    table.judge("drift of the grid, in a minute", "ms", 1000 * 60 / PERIOD * slope(phases))
    return table


def slope(values: Sequence[float]) -> float:
    """The slope of values at 0, 1, 2, ...: the median over all pairs (Theil and Sen), which single outliers do not
    change.
    """
    pairs = combinations(enumerate(values), 2)
    slopes = [(above - below) / (right - left) for (left, below), (right, above) in pairs]
    return median(slopes) if slopes else 0.0


def cost(title: str, cpu: dict[str, float], memory: dict[str, float], size: Goal | None, busy: Goal | None) -> Table:
    """Memory and processor time of each process, and of all."""
    table = Table(title=f"{title}: what the processes take")
    for name in memory:
        table.add(f"{name}: memory (PSS)", "MB", memory[name])
        table.add(f"{name}: processor", "% of a core", cpu[name])
    table.judge("all processes: memory (PSS)", "MB", sum(memory.values()), goal=size)
    table.judge("all processes: processor", "% of a core", sum(cpu.values()), goal=busy)
    return table


def first_dashboard(title: str, without: Mapping[str, float], with_one: Mapping[str, float]) -> Table:
    """The cost of the first open dashboard for each process, from the processor shares without it and with it."""
    table = Table(title=f"The first open dashboard, {title}: what it costs")
    costs = {name: 60 / 100 * (share - without[name]) for name, share in with_one.items()}
    for name, seconds in costs.items():
        table.add(f"{name}: processor", "s per minute", seconds)
    table.judge("web: processor", "s per minute", costs["web"], goal=DASHBOARD_GOAL)
    table.judge("all processes: processor", "s per minute", sum(costs.values()))
    return table


def _idle(stack: Stack, options: Options, seconds: int) -> Iterator[Table]:
    _settle(options)
    watch = Watch(stack)
    time.sleep(seconds)
    alone = watch.cpu_shares()
    yield cost("Idle", alone, watch.memory(), None, IDLE_GOAL)
    with Listener(stack.ws_url, stack.headers):
        yield first_dashboard("idle", alone, _shares(stack, seconds))


def _start_up(ready: float) -> Table:
    table = Table(title="Start")
    table.add("start of a new product until it is ready", "s", ready)
    return table

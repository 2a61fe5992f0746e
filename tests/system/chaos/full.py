"""Runs one schedule on the full stack: prepare, work and faults, heal, settle, compare."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import psycopg

from tests.system.chaos import checker, faults, recovery, workload
from tests.system.chaos.checker import Violation
from tests.system.chaos.crowd import Crowd
from tests.system.chaos.faults import Fault
from tests.system.chaos.history import History
from tests.system.chaos.outcome import Outcome
from tests.system.chaos.product import Product, wait_until
from tests.system.chaos.schedule import AT_REST, Schedule
from tests.system.chaos.truth import Baseline, Truth, is_quiet, read_baseline, read_counts, read_truth
from tests.system.chaos.workload import Act

READY_SECONDS, LIVE_SECONDS, STUCK_SECONDS, WORK_SECONDS = 60.0, 20.0, 25.0, 90.0
# The audit may take long on a busy machine.
AUDIT_SECONDS = 300.0
PROBE_SECONDS = 0.25
PROBED = ("/api/stats?feed=demo", "/api/system/status?feed=demo", "/api/invoices?feed=demo&limit=5", "/?feed=demo")


class NotReady(RuntimeError):
    """The product did not become ready for the next schedule."""


Work = Callable[[History, Crowd], Awaitable[list[Violation]]]


@dataclass(frozen=True, kw_only=True)
class Plan:
    """What an outcome says of the work it is of; the work begins with `display_rate` rows per second."""

    seed: int
    title: str
    text: str
    display_rate: float
    is_at_load: bool = False


async def run(schedule: Schedule, product: Product) -> Outcome:
    """Run the schedule on a product that other schedules may have used before."""
    plan = Plan(
        seed=schedule.seed,
        title=schedule.title,
        text=str(schedule),
        display_rate=schedule.display_rate,
        is_at_load=schedule.load != AT_REST,
    )
    return await observe(product, plan, lambda history, crowd: _work(schedule, product, history, crowd))


async def observe(product: Product, plan: Plan, work: Work) -> Outcome:
    """Do `work` before three screens, and compare what was done and seen with what PostgreSQL says afterwards."""
    began = time.monotonic()
    await _make_ready(product, plan.display_rate)
    since = await asyncio.to_thread(_ask, product, read_baseline)
    history, said_before = History(), len(product.stack.output())
    crowd = Crowd(product, history)
    try:
        for is_wired in (False, False, True):
            crowd.join(is_wired=is_wired)
        if not await wait_until(crowd.are_live, LIVE_SECONDS):
            raise NotReady(f"The screens have no hello after {LIVE_SECONDS:g} s:\n{history.render()}")
        history.begin()
        violations = await work(history, crowd)
        violations += await _settle(product, history, crowd)
    finally:
        product.heal()
        await crowd.leave()
    truth, audit = await asyncio.to_thread(_read, product, since)
    violations += checker.check(history, truth, since, crowd.screens, audit, plan.display_rate)
    return Outcome(
        seed=plan.seed,
        title=plan.title,
        plan=plan.text,
        history=history,
        violations=violations,
        recoveries=recovery.measure(history, truth, crowd.screens, at_load=plan.is_at_load),
        seconds=time.monotonic() - began,
        log=product.stack.output()[said_before:],
    )


async def _make_ready(product: Product, rate: float) -> None:
    async def is_ready() -> bool:
        if not product.are_all_up():
            return False
        answer = await product.call("PUT", "/api/feed?feed=demo", {"mode": "every", "rate_per_second": rate})
        return answer.status == 200 and answer.body["state"] == "idle"

    deadline = time.monotonic() + READY_SECONDS
    while not await is_ready():
        if time.monotonic() > deadline:
            raise NotReady(f"The product is not ready and idle after {READY_SECONDS:g} s.")
        await asyncio.sleep(0.2)


async def _work(schedule: Schedule, product: Product, history: History, crowd: Crowd) -> list[Violation]:
    """Let users and faults loose and wait for the last of them."""
    for _ in range(schedule.load.screens):
        crowd.join()
    visits = [_probe(product, history), *(_visit(product) for _ in range(schedule.load.visitors))]
    visitors = [asyncio.create_task(visit) for visit in visits]
    planned: list[Act | Fault] = [*schedule.acts, *schedule.faults]
    steps = [_at(step, product, history, crowd) for step in planned]
    try:
        async with asyncio.timeout(WORK_SECONDS):
            await asyncio.gather(*steps)
    except TimeoutError:
        history.note("harness", "late", detail=f"acts or faults had not ended after {WORK_SECONDS:g} s")
    finally:
        for visitor in visitors:
            visitor.cancel()
        await asyncio.gather(*visitors, return_exceptions=True)
        product.heal()
    return []


async def _at(step: Act | Fault, product: Product, history: History, crowd: Crowd) -> None:
    await asyncio.sleep(max(0.0, history.began + step.at - time.time()))
    if isinstance(step, Fault):
        await faults.strike(step, product, history, crowd)
    elif step.verb == "join":
        crowd.join()
    else:
        await workload.perform(step, product, history)


async def _probe(product: Product, history: History) -> None:
    """Visitors that look at pages and the API all the while; slow and failed answers are noted."""
    number = 0
    while True:
        path = PROBED[number % len(PROBED)]
        number += 1
        answer = await product.call("GET", path)
        took = answer.ended - answer.began
        if answer.status != 200 or took > 1.0:
            history.note("visitor", "probe", path=path, status=answer.status, seconds=took)
        await asyncio.sleep(PROBE_SECONDS)


async def _visit(product: Product) -> None:
    """A visitor who is load: looks at one thing after the other, and at no answer."""
    while True:
        for path in PROBED:
            await product.call("GET", path)


async def _settle(product: Product, history: History, crowd: Crowd) -> list[Violation]:
    """Wait until nothing runs, nothing is queued and every screen is current, as long as something moves."""
    history.note("harness", "settling")
    seen, missing = "", "PostgreSQL"
    while seen != missing:
        seen, deadline = missing, time.monotonic() + STUCK_SECONDS
        while time.monotonic() < deadline:
            crowd.check_alive()
            missing = await asyncio.to_thread(_missing, product, crowd)
            if not missing:
                history.note("harness", "settled")
                return []
            await asyncio.sleep(0.1)
    text = f"nothing moves for {STUCK_SECONDS:g} s and it is not settled: {missing}"
    return [Violation(kind="lost", invariant="I8", text=text)]


def _missing(product: Product, crowd: Crowd) -> str:
    try:
        quiet, at, count = _ask(product, lambda asked: (is_quiet(asked), read_baseline(asked), read_counts(asked)))
    except psycopg.Error as error:
        return f"PostgreSQL: {error}"
    if not quiet:
        return f"a run is active or rows are queued, {at}"
    if not crowd.are_current(at.last_seq, count):
        return "; ".join(
            f"{screen.name} {'live' if screen.is_live else 'away'} at {screen.last_seq} of {at.last_seq},"
            f" {screen.status.get('state')}, {screen.stats.get('invoice_count')} of {count} invoices"
            for screen in crowd.screens
        )
    return "" if product.are_all_up() else "a process is down"


def _read(product: Product, since: Baseline) -> tuple[Truth, dict[str, Any]]:
    done = product.stack.manage("audit", "--json", seconds=AUDIT_SECONDS)
    lines = done.stdout.strip().splitlines()
    audit = json.loads(lines[-1]) if lines else {"ok": False, "error": done.stderr[-500:]}
    return _ask(product, lambda connection: read_truth(connection, since)), audit


def _ask(product: Product, question: Any) -> Any:
    with product.connect() as connection:
        return question(connection)


@contextmanager
def opened(product: Product, loop: asyncio.Runner) -> Iterator[Product]:
    loop.run(product.open())
    try:
        yield product
    finally:
        loop.run(product.close())

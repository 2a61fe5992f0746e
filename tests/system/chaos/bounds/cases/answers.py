"""Requests that pass the answer limit: each returns its database connection, and the reason is shown meanwhile."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from tests.system.chaos.bounds.looks import PASSED
from tests.system.chaos.bounds.trial import Trial
from tests.system.chaos.faults import interposed_postgres
from tests.system.chaos.product import Answer
from tests.system.chaos.proxy import Wire

PATH = "/api/invoices?feed=demo"
AT_ONCE = 16
# More than the pool has connections.
CROWD = 60
# Rounds in succession in which no request passes: none gets a connection.
MOST_IDLE = 3
# Those of the look at the metrics itself, of visitors, and of threads that keep theirs.
MOST_AT_REST = 5
LOCK = "LOCK TABLE invoices_invoice IN ACCESS EXCLUSIVE MODE"


async def strike(trial: Trial) -> None:
    await _pass_the_limit(trial)
    await trial.recovers(lambda: _is_free(trial), "answer limit: to a free pool")
    await _fill_the_pool(trial)


async def _pass_the_limit(trial: Trial) -> None:
    async with interposed_postgres(trial.product, late_seconds=0.3) as wire:
        await _make_connections(trial, wire)
        past = idle = 0
        while past < trial.sizes.requests and idle < MOST_IDLE:
            passed = await _hold_answers(trial, wire)
            past, idle = past + passed, 0 if passed else idle + 1
        trial.expect(idle < MOST_IDLE, f"after {past} requests past the limit no other got a connection")
        trial.history.note("caller", "past-the-limit", count=past)


async def _make_connections(trial: Trial, wire: Wire) -> None:
    """A request that finds no connection in the pool waits for one, and gives up before the answer limit."""
    wire.set("late")
    for _ in range(3):
        await _ask(trial)
    wire.set("pass")


async def _hold_answers(trial: Trial, wire: Wire) -> int:
    """How many of a few requests passed the limit while PostgreSQL was silent, which was shown."""
    wire.set("hole")
    asking = asyncio.create_task(_ask(trial))
    try:
        await trial.until(lambda: trial.health.shows("database-busy", "down"), "database-busy (down) is shown")
    finally:
        answers = await asking
        wire.set("pass")
    statuses = {answer.status for answer in answers}
    trial.expect(statuses <= {503, None}, f"answered {statuses} while PostgreSQL was silent")
    await trial.recovers(trial.health.is_ready, "answer limit: PostgreSQL answers, to ready")
    return sum(PASSED in str(answer.body.get("detail")) for answer in answers)


async def _ask(trial: Trial) -> list[Answer]:
    return await asyncio.gather(*(trial.product.call("GET", PATH) for _ in range(AT_ONCE)))


async def _is_free(trial: Trial) -> bool:
    used = await trial.health.figure("invoicedash_pool_connections")
    return used is not None and used <= MOST_AT_REST


async def _fill_the_pool(trial: Trial) -> None:
    """More callers than connections, all of whom wait for a lock."""
    async with _locked(trial), _crowd(trial):
        await trial.until(lambda: trial.health.shows("pool-full"), "pool-full is shown")
        await trial.until(lambda: trial.health.shows("database-busy", "locked"), "database-busy (locked) is shown")
        trial.expect(await trial.health.is_ready(), "not ready although both servers answer")


@asynccontextmanager
async def _crowd(trial: Trial) -> AsyncIterator[None]:
    """Callers who ask again and again."""

    async def ask_on() -> None:
        while True:
            await trial.product.call("GET", PATH)

    callers = [asyncio.create_task(ask_on()) for _ in range(CROWD)]
    try:
        yield
    finally:
        for caller in callers:
            caller.cancel()
        await asyncio.gather(*callers, return_exceptions=True)


@asynccontextmanager
async def _locked(trial: Trial) -> AsyncIterator[None]:
    with trial.product.connect() as holder, holder.transaction():
        await asyncio.to_thread(holder.execute, LOCK)
        yield

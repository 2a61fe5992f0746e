"""The processes of the core set. Each is a fork that ends only by a kill; only callers end by themselves."""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import random
import time
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from typing import Any

from tests.system.chaos.screens import Screen, parse

# A client that asks for the totals right after an answer may repeat the question.
ASKED_AFTER = (0.0, 0.01, 0.02, 0.04)
REJOIN_SECONDS, LONGEST_SLEEP = 0.01, 0.02


def tick_until_killed() -> None:
    """A worker whose beat never rests."""
    from invoices.generation import producer, reset

    def work() -> None:
        producer.tick()
        if random.random() < 0.05:
            reset.delete_purged(50)
        time.sleep(random.uniform(0.004, 0.03))

    _repeat(work)


def pace_until_killed() -> None:
    """A pacer, as the pacer process's loop is; nothing wakes it, so it looks again every few milliseconds."""
    from streaming import pacer

    next_row: pacer.NextRow | None = None

    def work() -> None:
        nonlocal next_row
        step, next_row = pacer.step("demo", next_row), None
        if step.wait_seconds > 0:
            time.sleep(min(step.wait_seconds, LONGEST_SLEEP))
        if step.wait_seconds <= LONGEST_SLEEP:
            next_row = step.next_row

    _repeat(work)


def _repeat(work: Callable[[], None]) -> None:
    from django.db import connection

    while True:
        try:
            work()
        except Exception:
            # As Celery and the pacer's loop do: the next round starts fresh.
            connection.close()
            time.sleep(0.01)


def watch_until_killed(screens: list[Screen], logs: list[Path], connections: int) -> None:
    """A web process: a visitor who asks for the totals, and one hub with some screens, the second a slow reader.

    Each screen writes its frames to its log.

    `screens` are resumed where they were; `connections` numbers what is connected from here on.
    """
    asyncio.run(_watch(screens, logs, connections))


async def _watch(screens: list[Screen], logs: list[Path], connections: int) -> None:
    await asyncio.gather(
        _visit(),
        *(
            _follow(screen, log, connections, delay=0.003 if number == 1 else 0.0)
            for number, (screen, log) in enumerate(zip(screens, logs, strict=True))
        ),
    )


async def _visit() -> None:
    """Ask for the totals again and again: what was read before a change must not be what is cached after it."""
    from django.db import DatabaseError

    from invoices import totals
    from runtime.threads import DatabaseThreads

    threads = DatabaseThreads(1, "visitor")
    while True:
        with contextlib.suppress(DatabaseError):
            await threads.run(totals.get, "demo")
        await asyncio.sleep(random.uniform(0, LONGEST_SLEEP))


async def _follow(screen: Screen, log: Path, connection: int, *, delay: float) -> None:
    """Join, stay until dropped, join again after what was sent last."""
    from django.db import DatabaseError

    from streaming.feed import Connection, hub

    last_seq, epoch = screen.last_seq, screen.epoch or None
    descriptor = os.open(log, os.O_WRONLY | os.O_APPEND | os.O_CREAT)
    while True:
        connection += 1
        dropped = asyncio.Event()

        async def send(text: str, number: int = connection) -> None:
            nonlocal last_seq, epoch
            os.write(descriptor, f"{time.time()} {number} {text}\n".encode())
            if '"type":"hello"' in text or '"type":"invoice"' in text or '"type":"reset"' in text:
                body = parse(text)
                last_seq = body.get("seq", body.get("last_seq", last_seq))
                epoch = body.get("epoch", epoch)
            if delay:
                await asyncio.sleep(delay)

        here = Connection(send=send, drop=dropped.set)
        try:
            await hub().join("demo", here, last_seq=last_seq, epoch=epoch)
            await dropped.wait()
        except DatabaseError:
            pass
        hub().leave("demo", here)
        await asyncio.sleep(REJOIN_SECONDS)


def call(verb: str, arguments: dict[str, Any], answer: int) -> None:
    """An operator: do `verb` as the API does, and write what was answered to the pipe `answer`."""
    began = time.time()
    result = _attempt(verb, arguments)
    os.write(answer, json.dumps({**result, "began": began, "ended": time.time()}).encode())


def _attempt(verb: str, arguments: dict[str, Any]) -> dict[str, Any]:
    from dashboard.status import read_status
    from invoices.generation import runs
    from tests.system.chaos.workload import SETTLERS
    from web.problems import OUTAGES

    try:
        _CALLS[verb](**arguments)
        status = read_status("demo")
        extra = {} if verb not in SETTLERS else {"counts": [_count(pause) for pause in ASKED_AFTER]}
    except (runs.AlreadyRunning, runs.NotRunning):
        return {"status": 409}
    except OUTAGES as error:
        return {"status": 503, "detail": str(error)[:200]}
    except Exception as error:
        return {"status": 500, "detail": repr(error)[:200]}
    run = status["run"] or {}
    return {
        "status": 201 if verb == "start" else 200,
        "run": run.get("id"),
        "state": run.get("state"),
        "issued": run.get("issued_count"),
        "last_seq": status["display"]["last_seq"],
        **extra,
    }


def _count(pause: float) -> int:
    """How many invoices the statistics show after `pause`."""
    from invoices import totals

    time.sleep(pause)
    return int(totals.get("demo")["invoice_count"])


def _start(*, rate_per_second: float, duration_seconds: int, seed: int, ahead_seconds: float) -> None:
    """START, and pretend that it was pressed `ahead_seconds` earlier: the ticks are that much late."""
    from datetime import timedelta

    from invoices.generation import runs
    from invoices.models import Run

    run = runs.start(rate_per_second=Decimal(repr(rate_per_second)), duration_seconds=duration_seconds, seed=seed)
    Run.objects.filter(pk=run.pk).update(started_at=run.started_at - timedelta(seconds=ahead_seconds))


def _stop() -> None:
    from invoices.generation import runs

    runs.stop()


def _reset(*, purge: bool = False) -> None:
    from invoices.generation import reset

    reset.reset("demo", purge=purge)


def _skip() -> None:
    from streaming import feed

    feed.skip_queued("demo")


def _pace(*, rate_per_second: float | None = None, mode: str | None = None) -> None:
    from streaming import feed

    rate = None if rate_per_second is None else Decimal(repr(rate_per_second))
    feed.set_pace("demo", mode=mode, rate_per_second=rate)


_CALLS: dict[str, Callable[..., None]] = {
    "start": _start,
    "stop": _stop,
    "reset": _reset,
    "purge": lambda: _reset(purge=True),
    "skip": _skip,
    "pace": _pace,
}

"""What a client should not be able to exhaust: requests that pass the answer limit, and pings of clients that do not read."""

from __future__ import annotations

import asyncio
import random
import re
import time
from collections.abc import Callable, Sequence
from contextlib import ExitStack, closing

from tests.stack import Stack
from tests.system.chaos.faults import interposed_postgres
from tests.system.chaos.product import Product
from tests.system.chaos.proxy import Wire
from tests.system.fuzz.calls import Call, Calls
from tests.system.fuzz.frames import PING, RIGHT, TEXT, frame
from tests.system.fuzz.http import Cut, Line, Reply
from tests.system.fuzz.run import BUSY, Outcome, problem_wrong
from tests.system.ops.pinger import MOST_TAKEN, Pinger
from tests.waiting import HANG_SECONDS, wait_for

# Requests at once while PostgreSQL is silent: fewer than the pool has connections.
AT_ONCE = 16
# Those of the threads that keep theirs, and of the look itself.
MOST_AT_REST = 5
USED = re.compile(r"^invoicedash_pool_connections (\d+)", re.MULTILINE)
PAUSE_SECONDS = 0.05


async def send_into_silence(calls: Calls, numbers: Sequence[int], stack: Stack, outcome: Outcome) -> None:
    """Send these requests while PostgreSQL answers nothing; afterwards the product is ready and its pool is free."""
    async with interposed_postgres(Product(stack), late_seconds=0.0) as wire:
        for first in range(0, len(numbers), AT_ONCE):
            await _send_some(calls, numbers[first : first + AT_ONCE], stack, wire, outcome)
    await _wait(lambda: _is_free(stack), "the connections to return to the pool", outcome)


async def _send_some(calls: Calls, numbers: Sequence[int], stack: Stack, wire: Wire, outcome: Outcome) -> None:
    wire.set("hole")
    await asyncio.gather(*(_send_one(calls.make(number), number, stack.port, outcome) for number in numbers))
    wire.set("pass")
    await _wait(lambda: stack.get("/readyz")[0] == 200, "the product to be ready after a silence", outcome)


async def _send_one(call: Call, number: int, port: int, outcome: Outcome) -> None:
    line = Line(port)
    try:
        reply = await line.send(call.method, call.data)
    except Cut as cut:
        outcome.silent[0] += 1
        what = str(cut) if call.is_plain else ""
    except TimeoutError:
        what = "no answer"
    else:
        outcome.silent[reply.status] += 1
        what = _wrong(call, reply)
    finally:
        await line.close()
    if what:
        outcome.find(f"request {number} into silence ({call.method} {call.target[:120]}): {what}")


def _wrong(call: Call, reply: Reply) -> str:
    """What is against the rules about an answer while PostgreSQL is silent: 503 is right, and says why."""
    if reply.status >= 500 and reply.status != BUSY:
        return f"answered {reply.status}: {reply.body[:200]!r}"
    is_api = call.is_plain and call.target.startswith("/api/") and call.method != "HEAD"
    return problem_wrong(reply) if is_api and reply.status >= 400 else ""


def _is_free(stack: Stack) -> bool:
    found = USED.search(stack.get("/metrics")[1].decode())
    return found is not None and int(found[1]) <= MOST_AT_REST


async def _wait(condition: Callable[[], bool], what: str, outcome: Outcome) -> None:
    try:
        await asyncio.to_thread(wait_for, condition, what)
    except TimeoutError as error:
        outcome.find(str(error))


async def ping_unread(seed: int, count: int, port: int, outcome: Outcome) -> None:
    """`count` clients send pings, fast or now and then, and read nothing, until each is cut."""
    rng = random.Random(f"{seed} unread")
    deadline = time.monotonic() + HANG_SECONDS
    with ExitStack() as opened:
        pingers = [await asyncio.to_thread(Pinger, port, _ping(rng)) for _ in range(count)]
        for pinger in pingers:
            opened.enter_context(closing(pinger))
        sends = [rng.choice((Pinger.send, Pinger.send_one)) for _ in pingers]
        while not all(pinger.is_cut for pinger in pingers) and time.monotonic() < deadline:
            for pinger, send in zip(pingers, sends, strict=True):
                send(pinger)
            await asyncio.sleep(PAUSE_SECONDS)
    _judge(pingers, outcome)


def _ping(rng: random.Random) -> bytes:
    if rng.random() < 0.5:
        return frame(PING, rng.randbytes(rng.randrange(126)))
    return frame(TEXT, rng.choice(RIGHT).encode())


def _judge(pingers: Sequence[Pinger], outcome: Outcome) -> None:
    outcome.unread += len(pingers)
    for pinger in pingers:
        if not pinger.is_cut:
            outcome.find(f"a client that reads nothing was not cut within {HANG_SECONDS:g} s")
        if pinger.sent > MOST_TAKEN:
            outcome.find(f"{pinger.sent} bytes were taken from a client that reads nothing")

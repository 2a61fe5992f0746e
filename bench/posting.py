"""Posts signed webhooks on several connections at once, each on its connection after the answer to the last one."""

from __future__ import annotations

import asyncio
import itertools
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

import uvloop

from bench.frame import percentile
from integrations.webhooks.signatures import sign

HEAD_END = b"\r\n\r\n"
LENGTH = b"content-length:"
# Makes the next request, complete with its head.
NextRequest = Callable[[], bytes]


class UnexpectedAnswer(RuntimeError):
    """The server did not answer 200, or closed the connection."""


@dataclass(kw_only=True)
class Posted:
    """What was answered in the measured time; `delays` in seconds."""

    seconds: float = 0.0
    delays: list[float] = field(default_factory=list)

    def figures(self) -> dict[str, float]:
        """Answers per second, and milliseconds from a request to its answer."""
        return {
            "rate": len(self.delays) / self.seconds,
            "p50": 1000 * percentile(self.delays, 0.5),
            "p99": 1000 * percentile(self.delays, 0.99),
        }


def post(port: int, make: NextRequest, *, connections: int, seconds: float) -> Posted:
    """Post for `seconds`, on each connection once at least; raises `UnexpectedAnswer`."""
    return uvloop.run(_post(port, make, connections, seconds))


def requests(path: str, body: bytes, secret: str) -> Iterator[bytes]:
    """Signed webhooks to `path` that all differ: each `body` has another number for its `%d`."""
    for number in itertools.count(1):
        content = body % number
        head = (
            f"POST {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\nContent-Length: {len(content)}\r\n"
            f"X-WC-Webhook-Topic: order.updated\r\nX-WC-Webhook-Delivery-ID: {number}\r\n"
            f"X-WC-Webhook-Signature: {sign(content, secret).decode()}\r\n\r\n"
        )
        yield head.encode() + content


async def _post(port: int, make: NextRequest, connections: int, seconds: float) -> Posted:
    posted = Posted()
    started = time.perf_counter()
    async with asyncio.TaskGroup() as group:
        for _ in range(connections):
            group.create_task(_post_in_turn(port, make, posted, started + seconds))
    posted.seconds = time.perf_counter() - started
    return posted


async def _post_in_turn(port: int, make: NextRequest, posted: Posted, until: float) -> None:
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    try:
        is_over = False
        while not is_over:
            request = make()
            sent_at = time.perf_counter()
            writer.write(request)
            await _read_answer(reader)
            posted.delays.append(time.perf_counter() - sent_at)
            is_over = time.perf_counter() >= until
    finally:
        writer.close()


async def _read_answer(reader: asyncio.StreamReader) -> None:
    try:
        head = await reader.readuntil(HEAD_END)
    except asyncio.IncompleteReadError as error:
        raise UnexpectedAnswer("The server closed the connection.") from error
    if head.split(b" ", 2)[1] != b"200":
        raise UnexpectedAnswer(head.split(b"\r\n", 1)[0].decode("latin1"))
    lengths = [line[len(LENGTH) :] for line in head.lower().split(b"\r\n") if line.startswith(LENGTH)]
    await reader.readexactly(int(lengths[0]))

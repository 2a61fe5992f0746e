"""Opens many screens of one server and sends frames to them: `python -m bench.screens URL SENDER SOCKETS`.

The client uses picows, so that it is not the bottleneck. Commands are lines of the standard input, and each answer is a
line of JSON: `connect` opens the screens; `flood SECONDS` keeps four frames in flight and counts deliveries;
`trickle SECONDS` sends five frames per second and measures delays in milliseconds; `stall COUNT` opens `COUNT` sockets
that never read, and closes those of an earlier `stall`.

SENDER is how a frame reaches the server: `hub:FEED` as the pacer's notification, `group` by Channels' `group_send`,
`publish` unchanged on the Redis channel `bench`, `none` when another process sends.
"""

from __future__ import annotations

import asyncio
import json
import logging
import os
import socket
import sys
import time
from collections.abc import Awaitable, Callable
from typing import Any
from urllib.parse import urlsplit

import redis.asyncio
import uvloop
from picows import WSFrame, WSListener, WSMsgType, WSTransport, ws_connect  # type: ignore[import-not-found]

HEADERS: dict[str, str] = json.loads(os.environ.get("SCREEN_HEADERS", "{}"))
FRAMES_IN_FLIGHT = 4
TRICKLE_PER_SECOND = 5
CONNECTS_AT_ONCE = 50
DRAIN_SECONDS = 60
# The last field is the time of sending: monotonic nanoseconds, padded to 19 digits. `Tally.take` reads it.
ITEM = (
    '{"id":123456,"invoice_number":"DEMO1-123456","invoice_date":"2026-11-21T12:00:00.000000Z","seller_name":"Smith, Jones'
    ' and Sons","buyer_name":"Ocean Trading Group","currency":"SAR","vat_rate":"0.15","subtotal":"1234.56",'
    '"vat_amount":"185.18","total_amount":"1419.74","sent":"%019d"}'
)
HANDSHAKE = (
    "GET {target} HTTP/1.1\r\nHost: {host}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
    "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: MDEyMzQ1Njc4OWFiY2RlZg==\r\n\r\n"
)
Publish = Callable[[], Awaitable[None]]


class Tally:
    """Counts the frames that all screens have received; `delays` collects nanoseconds when it is a list."""

    def __init__(self) -> None:
        self.count = 0
        self.delays: list[int] | None = None
        self._wanted = -1
        self._reached = asyncio.Event()

    def take(self, payload: bytes) -> None:
        """Count a frame of one screen; `payload` ends with the time of sending, `"}}`."""
        self.count += 1
        if self.delays is not None:
            self.delays.append(time.monotonic_ns() - int(payload[-22:-3]))
        if self.count >= self._wanted >= 0:
            self._reached.set()

    async def reach(self, count: int) -> None:
        """Wait until `count` deliveries were made in total."""
        if self.count < count:
            self._reached.clear()
            self._wanted = count
            async with asyncio.timeout(DRAIN_SECONDS):
                await self._reached.wait()


class Screen(WSListener):  # type: ignore[misc]
    """A client that counts the frames of type `invoice`. All screens of the process share one tally."""

    tally: Tally

    def on_ws_frame(self, transport: WSTransport, frame: WSFrame) -> None:
        if frame.msg_type == WSMsgType.TEXT:
            payload = frame.get_payload_as_bytes()
            # The frame begins with {"type":"invoice".
            if payload[9:16] == b"invoice":
                self.tally.take(payload)


class Crowd:
    """The screens of one server. Its public methods are the commands; their arguments are the numbers of the line."""

    def __init__(self, url: str, sockets: int, publish: Publish) -> None:
        self._url, self._sockets, self._publish = url, sockets, publish
        self._tally = Screen.tally = Tally()
        self._transports: list[WSTransport] = []
        self._stalled: list[socket.socket] = []

    async def connect(self) -> dict[str, float]:
        """Open all screens; returns the `seconds` it took, without the second that lets the server settle."""
        started = time.perf_counter()
        while len(self._transports) < self._sockets:
            more = min(CONNECTS_AT_ONCE, self._sockets - len(self._transports))
            opened = await asyncio.gather(*(self._open() for _ in range(more)))
            self._transports += [transport for transport, _ in opened]
        await asyncio.sleep(1)
        return {"seconds": time.perf_counter() - started - 1}

    async def flood(self, seconds: float) -> dict[str, float]:
        """Send frames for `seconds`, each when all screens have the one sent `FRAMES_IN_FLIGHT` before."""
        before, sent, started = self._tally.count, 0, time.perf_counter()
        while time.perf_counter() - started < seconds:
            await self._publish()
            sent += 1
            await self._tally.reach(before + (sent - FRAMES_IN_FLIGHT + 1) * self._sockets)
        await self._tally.reach(before + sent * self._sockets)
        return {"deliveries": sent * self._sockets, "seconds": time.perf_counter() - started}

    async def trickle(self, seconds: float) -> dict[str, float]:
        """Send `TRICKLE_PER_SECOND` frames per second; returns `p50` and `p99` of the delays in milliseconds."""
        before, sent, started = self._tally.count, 0, time.perf_counter()
        self._tally.delays = []
        while sent < seconds * TRICKLE_PER_SECOND:
            await asyncio.sleep(max(0.0, started + sent / TRICKLE_PER_SECOND - time.perf_counter()))
            await self._publish()
            sent += 1
        await self._tally.reach(before + sent * self._sockets)
        delays, self._tally.delays = sorted(self._tally.delays), None
        return {"p50": delays[len(delays) // 2] / 1e6, "p99": delays[int(len(delays) * 0.99)] / 1e6}

    async def stall(self, count: float) -> dict[str, float]:
        """Open `count` sockets that send a handshake and read nothing, not even the answer to it."""
        for stalled in self._stalled:
            stalled.close()
        self._stalled = [self._open_stalled() for _ in range(int(count))]
        await asyncio.sleep(1)
        return {}

    def _open_stalled(self) -> socket.socket:
        url = urlsplit(self._url)
        stalled = socket.socket()
        # The smallest buffer that the system allows, so that data soon queues in the server.
        stalled.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1)
        stalled.connect((url.hostname, url.port))
        stalled.sendall(HANDSHAKE.format(target=f"{url.path}?{url.query}", host=url.netloc).encode())
        return stalled

    async def _open(self) -> tuple[WSTransport, WSListener]:
        opened: tuple[WSTransport, WSListener] = await ws_connect(
            Screen, self._url, websocket_handshake_timeout=60, extra_headers=HEADERS
        )
        return opened


def item() -> str:
    """The JSON text of an invoice sent now."""
    return ITEM % time.monotonic_ns()


def by_notification(feed: str) -> Publish:
    """Send like the pacer: a `feed.shown` notification to the subscriber of each web process."""
    import django

    django.setup()
    from streaming import names
    from streaming.layers import notification_layer

    layer, client, seq = notification_layer(), redis_client(), 0
    channel = f"{layer._kwargs['prefix']}__group__{names.GROUP}"

    async def publish() -> None:
        nonlocal seq
        seq += 1
        notification = {"type": "feed.shown", "feed": feed, "seq": seq, "item": item(), "cleared_seq": None}
        await client.publish(channel, layer.serialize(notification))

    return publish


def by_group() -> Publish:
    """Send like Channels' tutorial."""
    from channels.layers import get_channel_layer

    from bench.yardsticks import plain  # its settings are the channel layer's

    layer = get_channel_layer()

    async def publish() -> None:
        await layer.group_send(plain.GROUP, {"type": "bench.frame", "text": frame()})

    return publish


def by_publish() -> Publish:
    """Publish the frame unchanged: the libraries' servers send on what they receive."""
    client = redis_client()

    async def publish() -> None:
        await client.publish("bench", frame())

    return publish


def by_none() -> Publish:
    """Send nothing: the screens only receive."""

    async def publish() -> None:
        raise RuntimeError("These screens only listen.")

    return publish


def frame() -> str:
    """The text of a frame sent now, as a hub would encode it."""
    return f'{{"type":"invoice","seq":123456,"invoice":{item()}}}'


def redis_client() -> Any:
    return redis.asyncio.from_url(os.environ["REDIS_URL"], socket_timeout=None)


async def main(url: str, sender: str, sockets: int) -> None:
    logging.getLogger("picows").setLevel(logging.WARNING)
    kind, _, feed = sender.partition(":")
    senders = {"hub": lambda: by_notification(feed), "group": by_group, "publish": by_publish, "none": by_none}
    publish = senders[kind]()
    crowd = Crowd(url, sockets, publish)
    while line := await asyncio.to_thread(sys.stdin.readline):
        command, *numbers = line.split()
        print(json.dumps(await getattr(crowd, command)(*map(float, numbers))), flush=True)


if __name__ == "__main__":
    uvloop.run(main(sys.argv[1], sys.argv[2], int(sys.argv[3])))

"""Many screens in one process, and the senders of their frames: `python -m bench.screens URL WAY SOCKETS`.

The client uses picows, so that it is not the bottleneck. Each command is a line, each answer a line of JSON: `connect`;
`flood SECONDS` keeps four frames in flight (deliveries a second); `trickle SECONDS` sends five frames a second
(delays); `clog COUNT` replaces the sockets that read nothing by `COUNT` new ones. WAY is how a frame reaches the
server's sockets: `hub:FEED` as the pacer's notification, `group` by Channels' `group_send`, `publish` unchanged, `none`
when another process sends.
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
WINDOW = 4
PER_SECOND = 5
CONNECTS_AT_ONCE = 50
DRAIN_SECONDS = 60
ITEM = (
    '{"id":123456,"invoice_number":"DEMO1-123456","invoice_date":"2026-11-21T12:00:00.000000Z","seller_name":"Smith, Jones'
    ' and Sons","buyer_name":"Ocean Trading Group","currency":"SAR","vat_rate":"0.15","subtotal":"1234.56",'
    '"vat_amount":"185.18","total_amount":"1419.74","sent":"%019d"}'
)
ASK = (
    "GET {target} HTTP/1.1\r\nHost: {host}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
    "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: MDEyMzQ1Njc4OWFiY2RlZg==\r\n\r\n"
)
Publish = Callable[[], Awaitable[None]]


class Tally:
    """Counts the frames that all screens have received."""

    def __init__(self) -> None:
        self.count = 0
        self.delays: list[int] | None = None
        self._wanted = -1
        self._reached = asyncio.Event()

    def take(self, payload: bytes) -> None:
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
    tally: Tally

    def on_ws_frame(self, transport: WSTransport, frame: WSFrame) -> None:
        if frame.msg_type == WSMsgType.TEXT:
            payload = frame.get_payload_as_bytes()
            if payload[9:16] == b"invoice":
                self.tally.take(payload)


class Crowd:
    """The screens of one server."""

    def __init__(self, url: str, sockets: int, publish: Publish) -> None:
        self._url, self._sockets, self._publish = url, sockets, publish
        self._tally = Screen.tally = Tally()
        self._transports: list[WSTransport] = []
        self._clogged: list[socket.socket] = []

    async def connect(self) -> dict[str, float]:
        started = time.perf_counter()
        while len(self._transports) < self._sockets:
            more = min(CONNECTS_AT_ONCE, self._sockets - len(self._transports))
            opened = await asyncio.gather(*(self._open() for _ in range(more)))
            self._transports += [transport for transport, _ in opened]
        await asyncio.sleep(1)
        return {"seconds": time.perf_counter() - started - 1}

    async def flood(self, seconds: float) -> dict[str, float]:
        """Send as many frames as the server delivers, with four in flight."""
        before, sent, started = self._tally.count, 0, time.perf_counter()
        while time.perf_counter() - started < seconds:
            await self._publish()
            sent += 1
            await self._tally.reach(before + (sent - WINDOW + 1) * self._sockets)
        await self._tally.reach(before + sent * self._sockets)
        return {"deliveries": sent * self._sockets, "seconds": time.perf_counter() - started}

    async def trickle(self, seconds: float) -> dict[str, float]:
        """Send five frames a second."""
        before, sent, started = self._tally.count, 0, time.perf_counter()
        self._tally.delays = []
        while sent < seconds * PER_SECOND:
            await asyncio.sleep(max(0.0, started + sent / PER_SECOND - time.perf_counter()))
            await self._publish()
            sent += 1
        await self._tally.reach(before + sent * self._sockets)
        delays, self._tally.delays = sorted(self._tally.delays), None
        return {"p50": delays[len(delays) // 2] / 1e6, "p99": delays[int(len(delays) * 0.99)] / 1e6}

    async def clog(self, count: float) -> dict[str, float]:
        """Open `count` clients that have sent a handshake and read nothing, not even its answer."""
        for reader in self._clogged:
            reader.close()
        self._clogged = [self._ask() for _ in range(int(count))]
        await asyncio.sleep(1)
        return {}

    def _ask(self) -> socket.socket:
        url = urlsplit(self._url)
        reader = socket.socket()
        # The smallest buffer that the system allows, so that data soon queues in the server.
        reader.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1)
        reader.connect((url.hostname, url.port))
        reader.sendall(ASK.format(target=f"{url.path}?{url.query}", host=url.netloc).encode())
        return reader

    async def _open(self) -> tuple[WSTransport, WSListener]:
        opened: tuple[WSTransport, WSListener] = await ws_connect(
            Screen, self._url, websocket_handshake_timeout=60, extra_headers=HEADERS
        )
        return opened


def item() -> str:
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
        hint = {"type": "feed.shown", "feed": feed, "seq": seq, "item": item(), "cleared_seq": None}
        await client.publish(channel, layer.serialize(hint))

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
    """Publish the frame unchanged."""
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
    return f'{{"type":"invoice","seq":123456,"invoice":{item()}}}'


def redis_client() -> Any:
    return redis.asyncio.from_url(os.environ["REDIS_URL"], socket_timeout=None)


async def main(url: str, way: str, sockets: int) -> None:
    logging.getLogger("picows").setLevel(logging.WARNING)
    name, _, feed = way.partition(":")
    publish = {"hub": lambda: by_notification(feed), "group": by_group, "publish": by_publish, "none": by_none}[name]()
    crowd = Crowd(url, sockets, publish)
    while line := await asyncio.to_thread(sys.stdin.readline):
        command, *numbers = line.split()
        print(json.dumps(await getattr(crowd, command)(*map(float, numbers))), flush=True)


if __name__ == "__main__":
    uvloop.run(main(sys.argv[1], sys.argv[2], int(sys.argv[3])))

"""picows, a WebSocket library in C, on uvloop: one subscription, one write for each socket."""

from __future__ import annotations

import os
from typing import Any

import redis.asyncio
import uvloop
from picows import WSFrame, WSListener, WSMsgType, WSTransport, WSUpgradeRequest, ws_create_server  # type: ignore[import-not-found]

sockets: set[WSTransport] = set()


class Screen(WSListener):  # type: ignore[misc]
    def on_ws_connected(self, transport: WSTransport) -> None:
        sockets.add(transport)

    def on_ws_frame(self, transport: WSTransport, frame: WSFrame) -> None:
        if frame.msg_type == WSMsgType.CLOSE:
            transport.disconnect()

    def on_ws_disconnected(self, transport: WSTransport) -> None:
        sockets.discard(transport)


def accept(_: WSUpgradeRequest) -> Any:
    return Screen()


async def main() -> None:
    subscription = redis.asyncio.from_url(os.environ["REDIS_URL"], socket_timeout=None).pubsub()
    await subscription.subscribe("bench")
    await ws_create_server(accept, "127.0.0.1", int(os.environ["PORT"]), backlog=5000)
    async for message in subscription.listen():
        if message["type"] == "message":
            for socket in sockets:
                socket.send(WSMsgType.TEXT, message["data"])


if __name__ == "__main__":
    uvloop.run(main())

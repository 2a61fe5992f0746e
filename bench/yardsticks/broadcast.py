"""`websockets.broadcast` on uvloop: one subscription, one call for all sockets."""

from __future__ import annotations

import os

import redis.asyncio
import uvloop
from websockets.asyncio.server import ServerConnection, broadcast, serve

sockets: set[ServerConnection] = set()


async def follow(socket: ServerConnection) -> None:
    sockets.add(socket)
    try:
        await socket.wait_closed()
    finally:
        sockets.discard(socket)


async def main() -> None:
    subscription = redis.asyncio.from_url(os.environ["REDIS_URL"], socket_timeout=None).pubsub()
    await subscription.subscribe("bench")
    async with serve(follow, "127.0.0.1", int(os.environ["PORT"]), compression=None, backlog=5000):
        async for message in subscription.listen():
            if message["type"] == "message":
                broadcast(sockets, message["data"].decode())


if __name__ == "__main__":
    uvloop.run(main())

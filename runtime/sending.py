"""Limits how long a client may read nothing of an answer, so that a stalled client holds no memory, thread or slot.

The limit applies to each message: an answer of any size may take as long as the client keeps reading.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any

Scope = MutableMapping[str, Any]
Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
Application = Callable[[Any, Any, Any], Awaitable[None]]

SEND_SECONDS = 60.0


class ReaderStalled(ConnectionError):
    """The client read nothing of the answer for `SEND_SECONDS`; the server cuts the connection."""


def bound_sending(application: Application) -> Application:
    """Wrap `application`: its `send` raises `ReaderStalled` when the client blocks it for too long."""

    async def bounded(scope: Scope, receive: Receive, send: Send) -> None:
        async def send_in_time(message: Message) -> None:
            try:
                async with asyncio.timeout(SEND_SECONDS):
                    await send(message)
            except TimeoutError:
                raise ReaderStalled(f"{scope['path']}: the client read nothing for {SEND_SECONDS:.0f} s") from None

        await application(scope, receive, send_in_time)

    return bounded

"""A bound on how long a client may take nothing of an answer, so that a stalled reader holds no memory, thread or slot.

It counts from piece to piece: an answer of any size may take as long as its reader gets on.
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
    """The client took nothing of the answer for `SEND_SECONDS`; the server cuts the connection."""


def bound_sending(application: Application) -> Application:
    """`application` with `ReaderStalled` raised by a `send` that the client holds up for too long."""

    async def bounded(scope: Scope, receive: Receive, send: Send) -> None:
        async def send_in_time(message: Message) -> None:
            try:
                async with asyncio.timeout(SEND_SECONDS):
                    await send(message)
            except TimeoutError:
                raise ReaderStalled(f"{scope['path']}: the client took nothing for {SEND_SECONDS:.0f} s") from None

        await application(scope, receive, send_in_time)

    return bounded

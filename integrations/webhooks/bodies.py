"""Reads the body of a request within a limit of size and time."""

from __future__ import annotations

import asyncio

from runtime.sending import Receive, Scope

READ_SECONDS = 20.0


class BodyTooLarge(ValueError):
    """The body is larger than the limit."""


class ClientLeft(ConnectionError):
    """The client sent only a part of the body, or was too slow."""


async def read_body(scope: Scope, receive: Receive, limit: int) -> bytes:
    """The whole body; raises `BodyTooLarge`, without reading it where its length is declared, or `ClientLeft`."""
    if _declared(scope) > limit:
        raise BodyTooLarge
    try:
        async with asyncio.timeout(READ_SECONDS):
            return await _read(receive, limit)
    except TimeoutError:
        raise ClientLeft from None


async def _read(receive: Receive, limit: int) -> bytes:
    parts: list[bytes] = []
    size = 0
    while True:
        message = await receive()
        if message["type"] != "http.request":
            raise ClientLeft
        parts.append(message.get("body", b""))
        size += len(parts[-1])
        if size > limit:
            raise BodyTooLarge
        if not message.get("more_body"):
            return b"".join(parts)


def _declared(scope: Scope) -> int:
    lengths = [int(value) for name, value in scope["headers"] if name == b"content-length" and value.isdigit()]
    return max(lengths, default=0)

"""Limits in front of Django, at the ASGI boundary: how large a body may be and how long an answer may take.

Django reads a whole body before its own limits run, and a frozen PostgreSQL holds a thread for as long as it likes;
both are refused here, before anything is read or after at most `ANSWER_SECONDS`.
"""

from __future__ import annotations

import asyncio
import json
import logging
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any

logger = logging.getLogger(__name__)

Scope = MutableMapping[str, Any]
Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
Application = Callable[[Any, Any, Any], Awaitable[None]]

JSON_BYTES = 256 * 1024
FORM_BYTES = 4 * 1024 * 1024
# The contract: 503 within 3 s while PostgreSQL is down, silent included.
ANSWER_SECONDS = 2.7
DEADLINE_PATHS = ("/api/", "/healthz", "/readyz", "/metrics", "/wall/", "/system/")


def limit_http(application: Application) -> Application:
    """`application` behind the limits on bodies and on the time to the first byte of an answer."""

    async def limited(scope: Scope, receive: Receive, send: Send) -> None:
        limit = body_limit(scope["path"])
        if _declared_length(scope) > limit:
            await _refuse_body(send, limit)
            return
        answer = _Answer(send)
        body = _CountedBody(receive, limit)
        task = asyncio.ensure_future(application(scope, body.receive, answer.send))
        try:
            await _wait(scope, task, answer)
        finally:
            task.cancel()
        if body.is_too_large and not answer.is_started:
            await _refuse_body(send, limit)
        elif not answer.is_started:
            await _refuse_wait(send)

    return limited


def body_limit(path: str) -> int:
    """The largest body, in bytes, that `path` takes."""
    return JSON_BYTES if path.startswith("/api/") else FORM_BYTES


class _CountedBody:
    """The body as it comes in; turns into a disconnect once it is over the limit."""

    def __init__(self, receive: Receive, limit: int) -> None:
        self._receive = receive
        self._left = limit
        self.is_too_large = False

    async def receive(self) -> Message:
        message = await self._receive()
        if message["type"] == "http.request":
            self._left -= len(message.get("body", b""))
            if self._left < 0:
                self.is_too_large = True
                return {"type": "http.disconnect"}
        return message


class _Answer:
    """What was sent so far, and when the first byte went out."""

    def __init__(self, send: Send) -> None:
        self._send = send
        self.started = asyncio.Event()

    @property
    def is_started(self) -> bool:
        return self.started.is_set()

    async def send(self, message: Message) -> None:
        self.started.set()
        await self._send(message)


async def _wait(scope: Scope, task: asyncio.Future[None], answer: _Answer) -> None:
    """Wait for `task`; give it up when its path has a deadline and no byte of the answer came by then."""
    if scope["path"] == "/" or scope["path"].startswith(DEADLINE_PATHS):
        started = asyncio.ensure_future(answer.started.wait())
        first: set[asyncio.Future[Any]] = {task, started}
        await asyncio.wait(first, timeout=ANSWER_SECONDS, return_when=asyncio.FIRST_COMPLETED)
        started.cancel()
        if not task.done() and not answer.is_started:
            logger.warning("No answer to %s within %s s", scope["path"], ANSWER_SECONDS)
            return
    await task


def _declared_length(scope: Scope) -> int:
    for name, value in scope["headers"]:
        if name == b"content-length" and value.isdigit():
            return int(value[:20])
    return 0


async def _refuse_body(send: Send, limit: int) -> None:
    detail = f"The body is larger than the {limit} bytes this address takes; send less at a time."
    await _send_problem(send, 413, "Content Too Large", {"detail": detail})


async def _refuse_wait(send: Send) -> None:
    detail = "The database did not answer in time; try again in a moment."
    await _send_problem(send, 503, "Service Unavailable", {"detail": detail, "services": {"postgres": "down"}})


async def _send_problem(send: Send, status: int, title: str, more: dict[str, Any]) -> None:
    body = json.dumps({"type": "about:blank", "title": title, "status": status, **more}).encode()
    headers = [
        (b"content-type", b"application/problem+json"),
        (b"content-length", str(len(body)).encode()),
        (b"retry-after", b"1"),
        (b"connection", b"close"),
    ]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body})

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

from django.template.loader import render_to_string

logger = logging.getLogger(__name__)

Scope = MutableMapping[str, Any]
Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
Application = Callable[[Any, Any, Any], Awaitable[None]]

JSON_BYTES = 256 * 1024
BATCH_PATH, BATCH_BYTES = "/api/invoices", 4 * 1024 * 1024
FORM_BYTES = 4 * 1024 * 1024
# A file of 256 MiB, and the form around it.
UPLOAD_BYTES = 257 * 1024 * 1024
UPLOAD_PATHS = ("/api/imports", "/admin/sources/sourcefile/upload/")
# The contract: 503 within 3 s while PostgreSQL is down, silent included.
ANSWER_SECONDS = 2.7
# Django's own do not reach what is refused before Django.
SECURITY_HEADERS = (
    (b"content-security-policy", b"default-src 'self'; frame-ancestors 'none'"),
    (b"referrer-policy", b"same-origin"),
    (b"x-content-type-options", b"nosniff"),
    (b"x-frame-options", b"DENY"),
)
PROGRAM_PATHS = ("/api/", "/healthz", "/readyz", "/metrics")
PAGE_PATHS = ("/", "/wall/", "/system/")
PROBLEM, PAGE = b"application/problem+json", b"text/html; charset=utf-8"


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
            await _wait(scope, task, body, answer)
        finally:
            task.cancel()
        if body.is_too_large and not answer.is_started:
            await _refuse_body(send, limit)
        elif not answer.is_started:
            await _refuse_wait(scope, send)

    return limited


def body_limit(path: str) -> int:
    """The largest body, in bytes, that `path` takes."""
    if path == BATCH_PATH:
        return BATCH_BYTES
    if path in UPLOAD_PATHS:
        return UPLOAD_BYTES
    return JSON_BYTES if path.startswith("/api/") else FORM_BYTES


def is_page(path: str) -> bool:
    """Whether a person looks at the answer, who gets the page that tries again by itself."""
    return path in PAGE_PATHS


class _CountedBody:
    """The body as it comes in; turns into a disconnect once it is over the limit."""

    def __init__(self, receive: Receive, limit: int) -> None:
        self._receive = receive
        self._left = limit
        self.is_too_large = False
        self.ended = asyncio.Event()

    async def receive(self) -> Message:
        message = await self._receive()
        if message["type"] == "http.request":
            self._left -= len(message.get("body", b""))
            if self._left < 0:
                self.is_too_large = True
                message = {"type": "http.disconnect"}
        if not message.get("more_body"):
            self.ended.set()
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


async def _wait(scope: Scope, task: asyncio.Future[None], body: _CountedBody, answer: _Answer) -> None:
    """Wait for `task`; give it up when its path has a deadline and no byte of the answer came by then.

    The time counts from the end of the body: how fast a caller sends says nothing about us.
    """
    if is_page(scope["path"]) or scope["path"].startswith(PROGRAM_PATHS):
        await _first(task, body.ended)
        await _first(task, answer.started, timeout=ANSWER_SECONDS)
        if not task.done() and not answer.is_started:
            logger.warning("No answer to %s within %s s", scope["path"], ANSWER_SECONDS)
            return
    await task


async def _first(task: asyncio.Future[None], event: asyncio.Event, timeout: float | None = None) -> None:
    """Wait until `task` is done or `event` is set, at most `timeout` seconds."""
    waiting = asyncio.ensure_future(event.wait())
    either: set[asyncio.Future[Any]] = {task, waiting}
    await asyncio.wait(either, timeout=timeout, return_when=asyncio.FIRST_COMPLETED)
    waiting.cancel()


def _declared_length(scope: Scope) -> int:
    for name, value in scope["headers"]:
        if name == b"content-length" and value.isdigit():
            return int(value[:20])
    return 0


async def _refuse_body(send: Send, limit: int) -> None:
    detail = f"The body is larger than the {limit} bytes this address takes; send less at a time."
    await _send(send, 413, PROBLEM, _problem(413, "Content Too Large", detail=detail))


async def _refuse_wait(scope: Scope, send: Send) -> None:
    if is_page(scope["path"]):
        await _send(send, 503, PAGE, render_to_string("503.html").encode())
        return
    detail = "The database did not answer in time; try again in a moment."
    services = {"postgres": "down"}
    await _send(send, 503, PROBLEM, _problem(503, "Service Unavailable", detail=detail, services=services))


def _problem(status: int, title: str, **more: Any) -> bytes:
    return json.dumps({"type": "about:blank", "title": title, "status": status, **more}).encode()


async def _send(send: Send, status: int, content_type: bytes, body: bytes) -> None:
    headers = [
        (b"content-type", content_type),
        (b"content-length", str(len(body)).encode()),
        (b"connection", b"close"),
        *([(b"retry-after", b"1")] if status == 503 else []),
        *SECURITY_HEADERS,
    ]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body})

"""Limits at the ASGI boundary, before Django: the size of a body, and the time until an answer.

Django reads a whole body before it applies its own limits, and a suspended PostgreSQL blocks a thread without limit.
This module rejects a large body before it is read, and answers after at most `answer_seconds`. The answer says what is
known of the request by then.
"""

from __future__ import annotations

import asyncio
import json
import logging
from collections.abc import Awaitable, Callable, MutableMapping, Sequence
from typing import Any

from django.template.loader import render_to_string

from runtime.background import keep_until_done
from runtime.conditions import read_all
from runtime.database import explain_no_answer
from runtime.outcomes import SCOPE_NAME, Outcome, Stage
from runtime.problems import MEDIA_TYPE, problem_body

logger = logging.getLogger(__name__)

Scope = MutableMapping[str, Any]
Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
Application = Callable[[Any, Any, Any], Awaitable[None]]

JSON_BYTES = 256 * 1024
BATCH_PATH, BATCH_BYTES = "/api/invoices", 4 * 1024 * 1024
FORM_BYTES = 4 * 1024 * 1024
# A file of 256 MiB and the form around it.
UPLOAD_BYTES = 257 * 1024 * 1024
PREVIEW_PATH = "/api/imports/preview"
# A chunk of a stream is small, but one request may hold many of them.
STREAM_BYTES = 64 * 1024 * 1024
PATH_BYTES = {
    BATCH_PATH: BATCH_BYTES,
    "/api/v1/ingest/batch": BATCH_BYTES,
    "/api/v1/ingest/stream": STREAM_BYTES,
    "/api/imports": UPLOAD_BYTES,
    PREVIEW_PATH: UPLOAD_BYTES,
    "/admin/imports/sourcefile/upload/": UPLOAD_BYTES,
}
# The contract: 503 within 3 s while PostgreSQL is down or does not answer; more time for each posted line.
ANSWER_SECONDS = 2.7
SECONDS_PER_LINE, LONGEST_ANSWER_SECONDS = 0.01, 30.0
# Each line of a document contains it once, and an escaped text cannot contain it.
LINE_MARK = b'"unit_price"'
SAFE_METHODS = ("GET", "HEAD", "OPTIONS")
# Django's headers are not applied to what is rejected before Django.
SECURITY_HEADERS = (
    (b"content-security-policy", b"default-src 'self'; frame-ancestors 'none'"),
    (b"referrer-policy", b"same-origin"),
    (b"x-content-type-options", b"nosniff"),
    (b"x-frame-options", b"DENY"),
)
PROGRAM_PATHS = ("/api/", "/healthz", "/readyz", "/metrics")
PAGE_PATHS = ("/", "/wall/", "/system/")
PROBLEM, PAGE = MEDIA_TYPE.encode(), b"text/html; charset=utf-8"


def limit_http(application: Application) -> Application:
    """Wrap `application` with the limits on bodies and on the time to the first byte of an answer."""

    async def limited(scope: Scope, receive: Receive, send: Send) -> None:
        limit = body_limit(scope["path"])
        if _declared_length(scope) > limit:
            await _refuse_body(send, limit)
            return
        answer = _Answer(send)
        body = _CountedBody(receive, limit)
        is_kept = (scope["method"], scope["path"]) == ("POST", BATCH_PATH)
        outcome = scope[SCOPE_NAME] = Outcome(_header(scope, b"idempotency-key"), is_kept=is_kept)
        task = asyncio.ensure_future(application(scope, body.receive, answer.send))
        try:
            await _wait(scope, task, body, answer)
        finally:
            _give_up(task, body, answer)
        if body.is_too_large and not answer.is_started:
            await _refuse_body(send, limit)
        elif not answer.is_started:
            outcome.give_up()
            await _answer_without_work(scope, send, outcome)

    return limited


def answer_seconds(line_count: int) -> float:
    """Seconds until the first byte of an answer must be sent when `line_count` lines were posted."""
    return min(ANSWER_SECONDS + line_count * SECONDS_PER_LINE, LONGEST_ANSWER_SECONDS)


def body_limit(path: str) -> int:
    """The largest body, in bytes, that `path` accepts."""
    return PATH_BYTES.get(path, JSON_BYTES if path.startswith("/api/") else FORM_BYTES)


def is_page(path: str) -> bool:
    """Whether a person reads the answer; a person gets the page that retries by itself."""
    return path in PAGE_PATHS


def _give_up(task: asyncio.Future[None], body: _CountedBody, answer: _Answer) -> None:
    """Let `task` end in the background, as it does when its client disconnects.

    The task is never cancelled: Django's handler would end at once, without `request_finished` in the thread of the
    view, and the thread's database connection would never return to the pool.
    """
    if not task.done():
        answer.mute()
        body.disconnect()
        keep_until_done(task)


class _CountedBody:
    """The body of a request as it arrives; it becomes a disconnect above the limit or after `disconnect`.

    It counts the lines of documents.
    """

    def __init__(self, receive: Receive, limit: int) -> None:
        self._receive = receive
        self._receiving: asyncio.Future[Message] | None = None
        self._left = limit
        self._tail = b""
        self.line_count = 0
        self._is_disconnected = False
        self.is_too_large = False
        self.ended = asyncio.Event()

    def disconnect(self) -> None:
        """Report to the application that its client has disconnected, now or at its next read."""
        self._is_disconnected = True
        if self._receiving is not None:
            self._receiving.cancel()

    async def receive(self) -> Message:
        message = await self._next()
        if message["type"] == "http.request":
            piece = message.get("body", b"")
            self._left -= len(piece)
            self._count_lines(piece)
            if self._left < 0:
                self.is_too_large = True
                message = {"type": "http.disconnect"}
        if not message.get("more_body"):
            self.ended.set()
        return message

    def _count_lines(self, piece: bytes) -> None:
        """A mark may span two pieces, so the end of the previous piece is searched again; that end contains no whole
        mark.
        """
        text = self._tail + piece
        self.line_count += text.count(LINE_MARK)
        self._tail = text[-(len(LINE_MARK) - 1) :]

    async def _next(self) -> Message:
        if self._is_disconnected:
            return {"type": "http.disconnect"}
        self._receiving = asyncio.ensure_future(self._receive())
        try:
            return await self._receiving
        except asyncio.CancelledError:
            if not self._is_disconnected or _is_cancelled():
                raise
            return {"type": "http.disconnect"}


def _is_cancelled() -> bool:
    """Whether the running task itself was cancelled, not only the task it waits for."""
    task = asyncio.current_task()
    return task is not None and task.cancelling() > 0


class _Answer:
    """The answer to one request: whether its first byte was sent, and whether more may be sent (`mute`)."""

    def __init__(self, send: Send) -> None:
        self._send = send
        self._is_muted = False
        self.started = asyncio.Event()

    @property
    def is_started(self) -> bool:
        return self.started.is_set()

    def mute(self) -> None:
        """Send nothing more: the client has another answer, or has disconnected."""
        self._is_muted = True

    async def send(self, message: Message) -> None:
        if not self._is_muted:
            self.started.set()
            await self._send(message)


async def _wait(scope: Scope, task: asyncio.Future[None], body: _CountedBody, answer: _Answer) -> None:
    """Wait for `task`; abandon it when its path has a deadline and no byte of the answer was sent by then.

    The time counts from the end of the body, so that a slow upload does not count.
    """
    if is_page(scope["path"]) or scope["path"].startswith(PROGRAM_PATHS):
        await _first(task, body.ended)
        seconds = answer_seconds(body.line_count if scope["path"] == BATCH_PATH else 0)
        # A preview first starts a process, which unpacks the workbook.
        seconds = LONGEST_ANSWER_SECONDS if scope["path"] == PREVIEW_PATH else seconds
        await _first(task, answer.started, timeout=seconds)
        if not task.done() and not answer.is_started:
            logger.warning("No answer to %s within %s s", scope["path"], seconds)
            return
    # Without the shield, a server that abandons this request would cancel Django's handler.
    await asyncio.shield(task)


async def _first(task: asyncio.Future[None], event: asyncio.Event, timeout: float | None = None) -> None:
    """Wait until `task` is done or `event` is set, at most `timeout` seconds."""
    waiting = asyncio.ensure_future(event.wait())
    either: set[asyncio.Future[Any]] = {task, waiting}
    await asyncio.wait(either, timeout=timeout, return_when=asyncio.FIRST_COMPLETED)
    waiting.cancel()


def _declared_length(scope: Scope) -> int:
    value = _header(scope, b"content-length") or ""
    return int(value[:20]) if value.isdigit() and value.isascii() else 0


def _header(scope: Scope, wanted: bytes) -> str | None:
    return next((value.decode("latin-1") for name, value in scope["headers"] if name == wanted), None)


async def _refuse_body(send: Send, limit: int) -> None:
    detail = f"The body is larger than the {limit} bytes that this address accepts; send less at a time."
    await _send(send, 413, PROBLEM, _problem(413, detail))


async def _answer_without_work(scope: Scope, send: Send, outcome: Outcome) -> None:
    """Answer after the time limit: what is known, and where the client can ask for the outcome."""
    if is_page(scope["path"]):
        await _send(send, 503, PAGE, render_to_string("503.html").encode())
        return
    more = [] if outcome.location is None else [(b"location", outcome.location.encode())]
    if _may_answer_later(scope, outcome):
        body = json.dumps({"state": "running", "status": None, "href": None}).encode()
        await _send(send, 202, b"application/json", body, [*more, (b"preference-applied", b"respond-async")])
        return
    is_down, detail = explain_no_answer()
    advice = "Try again in a moment." if scope["method"] in SAFE_METHODS else outcome.sentence()
    services = {"postgres": "down" if is_down else "up"}
    body = _problem(503, f"{detail} {advice}", services=services, conditions=read_all())
    await _send(send, 503, PROBLEM, body, more)


def _may_answer_later(scope: Scope, outcome: Outcome) -> bool:
    """Whether the client accepts a later answer (RFC 7240), the work continues, and its outcome can be asked for."""
    preferences = (_header(scope, b"prefer") or "").lower().split(",")
    is_wanted = any(each.split(";")[0].strip() == "respond-async" for each in preferences)
    return is_wanted and outcome.is_kept and outcome.stage in (Stage.BEGUN, Stage.DONE)


def _problem(status: int, detail: str, **more: Any) -> bytes:
    return json.dumps(problem_body(status, detail, **more)).encode()


async def _send(
    send: Send, status: int, content_type: bytes, body: bytes, more: Sequence[tuple[bytes, bytes]] = ()
) -> None:
    headers = [
        (b"content-type", content_type),
        (b"content-length", str(len(body)).encode()),
        (b"connection", b"close"),
        (b"cache-control", b"private, no-store"),
        *([(b"retry-after", b"1")] if status in (202, 503) else []),
        *more,
        *SECURITY_HEADERS,
    ]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body})

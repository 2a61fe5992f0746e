"""The hub's view of one dashboard socket: a position in the feed's log, without a buffer of its own."""

from __future__ import annotations

import asyncio
import types
from collections.abc import Awaitable, Callable, Coroutine, Generator
from functools import partial
from typing import Any

from streaming.direct import Write, frame_of
from streaming.framelog import FrameLog

Send = Callable[[str], Awaitable[None]]


class Connection:
    """Sends each frame of the log in order, and only the newest totals and status.

    `send` takes a text frame and may wait for a slow client. `write` writes a finished frame when that needs no
    waiting, and returns whether it did. `drop` is called when the client's position is no longer in the log.
    """

    __slots__ = (
        "__weakref__", "_drop", "_is_busy", "_log", "_next", "_send", "_stats_version", "_status_version",
        "_task", "_write",
    )  # fmt: skip

    def __init__(self, *, send: Send, drop: Callable[[], None], write: Write | None = None) -> None:
        self._send = send
        self._write = write
        self._drop = drop
        self._log: FrameLog | None = None
        self._is_busy = False
        self._task: asyncio.Future[None] | None = None
        self._next = 0
        self._stats_version = self._status_version = 0

    def follow(self, log: FrameLog, hello: str) -> None:
        """Start with `hello`, which contains all that `log` holds up to now."""
        self._log = log
        self._next = log.end
        self._stats_version = log.stats_version
        self._status_version = log.status_version
        log.followers.add(self)
        self._run(self._send_all(hello))

    def pump(self) -> None:
        """Send the pending frames: in this step when the client keeps up, otherwise as soon as it does."""
        if self._is_busy:
            return
        try:
            frame = self._write_owed()
        except Exception:
            self._fail()
            return
        if frame is not None:
            self._run(self._send_all(frame))

    def _write_owed(self) -> str | None:
        """Write the pending frames without waiting; returns the first frame that would have to wait."""
        frame = self._take_owed()
        while frame is not None and self._write is not None and self._write(frame_of(frame)):
            frame = self._take_owed()
        return frame

    def drop(self) -> None:
        """Disconnect a client that can no longer get all frames; it connects again and resumes."""
        self._fail()
        self._drop()

    def stop(self) -> None:
        """Send nothing more: cancel what still waits for a closed reader, which would never end."""
        self._fail()
        if self._task is not None:
            self._task.cancel()

    def _run(self, sending: Coroutine[Any, Any, None]) -> None:
        self._is_busy = True
        try:
            waits_for = sending.send(None)
        except StopIteration:
            self._is_busy = False
        except Exception:
            self._fail()
        else:
            self._task = asyncio.ensure_future(self._finish(sending, waits_for))

    async def _finish(self, sending: Coroutine[Any, Any, None], waits_for: Any) -> None:
        try:
            await _resume(sending, waits_for)
        except Exception:
            self._fail()
            return
        self._is_busy = False
        self.pump()

    def _fail(self) -> None:
        """Stop sending to a socket that accepts no more; the server notifies its consumer."""
        if self._log is not None:
            self._log.followers.discard(self)

    async def _send_all(self, frame: str | None) -> None:
        """Send `frame` and the pending frames after it."""
        while frame is not None:
            await self._send(frame)
            frame = self._take_owed()

    def _take_owed(self) -> str | None:
        """The next pending frame; None without one, or when the connection is closed."""
        log = self._log
        assert log is not None
        if self not in log.followers:
            return None
        if self._next < log.end:
            if not log.holds(self._next):
                self.drop()
                return None
            self._next += 1
            return log.frame(self._next - 1)
        if self._stats_version != log.stats_version:
            self._stats_version = log.stats_version
            return log.stats_frame
        if self._status_version != log.status_version:
            self._status_version = log.status_version
            return log.status_frame
        return None


@types.coroutine
def _resume(sending: Coroutine[Any, Any, None], waits_for: Any) -> Generator[Any, Any, None]:
    """Continue a coroutine whose first step ran outside of any task."""
    while True:
        try:
            value = yield waits_for
        except BaseException as error:
            step = partial(sending.throw, error)
        else:
            step = partial(sending.send, value)
        try:
            waits_for = step()
        except StopIteration:
            return

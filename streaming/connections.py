"""One dashboard's socket, as the hub sees it: a place in the feed's log, and no buffer of its own."""

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
    """Sends each frame of the log in order, and of the totals and the status only the newest.

    `send` takes a text frame and may wait for a slow reader; `write` takes finished frames as long as nothing has to wait, and
    says whether it did; `drop` is called when the reader fell out of the log.
    """

    __slots__ = (
        "__weakref__", "_drop", "_is_busy", "_log", "_next", "_send", "_stats_version", "_status_version", "_task", "_write",
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
        """Begin with `hello`, which says all that `log` holds up to now."""
        self._log = log
        self._next = log.end
        self._stats_version = log.stats_version
        self._status_version = log.status_version
        log.followers.add(self)
        self._run(self._send_all(hello))

    def pump(self) -> None:
        """Send what is owed, in this very step when the reader keeps up, else as soon as it does."""
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
        """Write what is owed without waiting for anybody; returns the first frame that would have to."""
        frame = self._take_owed()
        while frame is not None and self._write is not None and self._write(frame_of(frame)):
            frame = self._take_owed()
        return frame

    def drop(self) -> None:
        """Let go of a reader that cannot be told the rest; it resumes by connecting anew."""
        self._fail()
        self._drop()

    def stop(self) -> None:
        """Send nothing more: what still waits for a reader that has gone is cancelled, or it would wait for ever."""
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
        """The socket takes no more: its consumer is told by the server, so only stop sending."""
        if self._log is not None:
            self._log.followers.discard(self)

    async def _send_all(self, frame: str | None) -> None:
        """Send `frame` and what is owed after it."""
        while frame is not None:
            await self._send(frame)
            frame = self._take_owed()

    def _take_owed(self) -> str | None:
        """The next frame that is owed; None when there is none, or nobody to be told."""
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
    """Go on with a coroutine whose first step was made outside of any task."""
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

"""A watched asyncio task: it is restarted when an error ends it, or when it makes no turn in time."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Awaitable, Callable

from runtime.loops import Loop, watch


class WatchedTask:
    """Runs `run(loop)` until it returns or `cancel` is called; `run` reports its turns to `loop`."""

    def __init__(self, name: str, run: Callable[[Loop], Awaitable[None]], *, within_seconds: float) -> None:
        self._name = name
        self._run = run
        self._within_seconds = within_seconds
        self._event_loop = asyncio.get_running_loop()
        self._loop: Loop | None = None
        self._is_cancelled = False
        self.task = self._begin()

    def done(self) -> bool:
        return self.task.done()

    def cancel(self) -> None:
        """End the task permanently, also when an error has ended it and it is about to be started again."""
        self._is_cancelled = True
        self.task.cancel()
        if self._loop is not None:
            self._loop.close()

    def _begin(self) -> asyncio.Task[None]:
        return self._event_loop.create_task(self._run_watched(), name=self._name)

    async def _run_watched(self) -> None:
        self._loop = loop = watch(self._name, within_seconds=self._within_seconds, restart=self._restart)
        # The watcher logs the error.
        with contextlib.suppress(Exception), loop:
            loop.progress()
            await self._run(loop)

    def _restart(self) -> None:
        """Called from the watcher's thread."""
        self._event_loop.call_soon_threadsafe(self._begin_again)

    def _begin_again(self) -> None:
        if self._is_cancelled:
            return
        self.task.cancel()
        self.task = self._begin()

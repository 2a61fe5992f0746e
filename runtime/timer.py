"""A watched timer on the event loop: an error affects one turn, and a stopped timer is restarted."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable

from runtime.loops import Loop, watch

logger = logging.getLogger(__name__)

WITHIN_SECONDS = 15.0
RETRY_SECONDS = 1.0


class Timer:
    """Calls `turn` repeatedly; `turn` returns the seconds to wait before the next call."""

    def __init__(self, name: str, turn: Callable[[], float]) -> None:
        self._name = name
        self._turn = turn
        self._watched: Loop | None = None
        self._next: asyncio.TimerHandle | None = None

    def start(self) -> None:
        """Make the first turn now; must be called on the event loop."""
        event_loop = asyncio.get_running_loop()
        self._watched = watch(
            self._name,
            within_seconds=WITHIN_SECONDS,
            restart=lambda: _call_soon(event_loop, self._run),
        )
        self._run()

    def stop(self) -> None:
        """Make no more turns."""
        if self._next is not None:
            self._next.cancel()
        if self._watched is not None:
            self._watched.close()

    def _run(self) -> None:
        if self._next is not None:
            self._next.cancel()
        pause = RETRY_SECONDS
        try:
            pause = self._turn()
        except Exception:
            logger.exception("A turn of the timer %s failed; the timer continues", self._name)
        finally:
            self._next = asyncio.get_running_loop().call_later(pause, self._run)
            if self._watched is not None:
                self._watched.progress()


def _call_soon(event_loop: asyncio.AbstractEventLoop, call: Callable[[], None]) -> None:
    """Called from the watcher's thread."""
    event_loop.call_soon_threadsafe(call)

"""The Channels consumer of the pacer process, run by `manage.py runworker pacer --layer pacer`.

Its messages are only wake-ups: it holds no queue, so a kill loses none. Each feed has a loop of its own that shows a
row when the database says it is due, and sleeps until then. Temporary feeds have a loop only while they have rows to
show, and separate threads, so that they do not delay the permanent feeds.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable
from functools import partial
from typing import Any

from channels.consumer import AsyncConsumer
from django.db import DatabaseError

from runtime.loops import Loop
from runtime.tasks import WatchedTask
from runtime.threads import DatabaseThreads
from streaming import opening, pacer
from streaming.kinds import UnknownFeed, permanent_feeds

logger = logging.getLogger(__name__)

RETRY_SECONDS = 0.25
TEMPORARY_FEED_THREADS = 2
# A step may wait for a PostgreSQL that was suspended and resumes later.
WITHIN_SECONDS = 60.0
# Longer than the time between two rows at the slowest rate.
LONGEST_SLEEP_SECONDS = 20.0


class PacerConsumer(AsyncConsumer):  # type: ignore[misc]
    """Shows every feed at its pace. Its handler only wakes the loops: a loop in a handler would block further messages."""

    channel_layer_alias = "none"

    def __init__(self) -> None:
        self._permanent = permanent_feeds()
        self._threads = DatabaseThreads(len(self._permanent), "pacer")
        self._temporary_feed_threads = DatabaseThreads(TEMPORARY_FEED_THREADS, "pacer-temporary")
        self._wake = {name: asyncio.Event() for name in self._permanent}
        self._loops: list[WatchedTask] = []
        self._temporary_feeds: dict[str, WatchedTask] = {}
        self._look = asyncio.Event()
        # The feeds whose next row is loaded: an announcement changes nothing for them.
        self._loaded: set[str] = set()

    async def pacer_wake(self, message: dict[str, Any]) -> None:
        """An operator made a change, or a second passed: check which feeds have rows to show."""
        self._look.set()
        if not self._loops:
            self._loops = [self._keep(f"show-{name}", partial(self._show_permanent, name)) for name in self._permanent]
            self._loops.append(self._keep("wake", self._wake_loop))

    async def pacer_announced(self, message: dict[str, Any]) -> None:
        """Rows were announced on a feed."""
        name = message["feed"]
        if name not in self._wake:
            await self.pacer_wake(message)
        elif name not in self._loaded:
            self._wake[name].set()

    def _keep(self, name: str, run: Callable[[Loop], Awaitable[None]]) -> WatchedTask:
        """Start a loop that makes a turn at each wake-up, and at least every `LONGEST_SLEEP_SECONDS`."""
        return WatchedTask(name, run, within_seconds=WITHIN_SECONDS)

    async def _show_permanent(self, name: str, loop: Loop) -> None:
        next_row = None
        while True:
            loop.progress()
            self._wake[name].clear()
            step = await self._step(self._threads, name, next_row)
            is_woken = step.wait_seconds > 0 and await self._sleep(name, step)
            next_row = None if is_woken else step.next_row

    async def _wake_loop(self, loop: Loop) -> None:
        """Wake the feeds that have rows to show; a new temporary feed gets a loop."""
        while True:
            loop.progress()
            await self._look.wait()
            self._look.clear()
            for name in await self._names_with_queue():
                if name in self._wake:
                    self._wake[name].set()
                else:
                    self._wake[name] = asyncio.Event()
                    self._temporary_feeds[name] = self._keep(f"show-{name}", partial(self._show_temporary, name))

    async def _names_with_queue(self) -> list[str]:
        try:
            return await self._threads.run(opening.names_with_queue)
        except DatabaseError as error:
            logger.warning("The list of feeds with queued rows waits for PostgreSQL: %s", error)
        except Exception:
            logger.exception("The list of feeds with queued rows could not be read")
        return []

    async def _show_temporary(self, name: str, loop: Loop) -> None:
        """The same as `_show_permanent`, until the queue is empty or the feed is closed."""
        next_row, has_more = None, True
        while has_more:
            loop.progress()
            self._wake[name].clear()
            step = await self._step(self._temporary_feed_threads, name, next_row)
            has_more = step.wait_seconds < pacer.IDLE_SECONDS or self._wake[name].is_set()
            is_woken = has_more and step.wait_seconds > 0 and await self._sleep(name, step)
            next_row = None if is_woken else step.next_row
        del self._temporary_feeds[name], self._wake[name]

    async def _step(self, threads: DatabaseThreads, name: str, next_row: pacer.NextRow | None) -> pacer.Step:
        """Run one step; after a failure, return a step that waits."""
        try:
            return await threads.run(pacer.step, name, next_row)
        except UnknownFeed:
            return pacer.Step(wait_seconds=pacer.IDLE_SECONDS)
        except DatabaseError as error:
            logger.warning("The display of %s waits for PostgreSQL: %s", name, error)
        except Exception:
            logger.exception("A step of the display of %s failed", name)
        return pacer.Step(wait_seconds=RETRY_SECONDS)

    async def _sleep(self, name: str, step: pacer.Step) -> bool:
        """Sleep as long as `step` says, or until woken; returns whether it was woken."""
        if step.next_row is not None:
            self._loaded.add(name)
        try:
            async with asyncio.timeout(min(step.wait_seconds, LONGEST_SLEEP_SECONDS)):
                return await self._wake[name].wait()
        except TimeoutError:
            return False
        finally:
            self._loaded.discard(name)

"""The pacer process's Channels consumer, run by `manage.py runworker pacer --layer pacer`.

Messages to it are wake-ups and nothing more: it holds no queue, so a kill loses none. Each feed has a loop of its own
that shows a row when the database says it is due, and sleeps till then. Feeds that come and go have one while they have
something to show, and threads of their own: they hold up no other.
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
GUEST_THREADS = 2
# A step may wait for a PostgreSQL that was stopped and goes on later.
WITHIN_SECONDS = 60.0
# More than the slowest rate leaves between two rows.
LONGEST_SLEEP_SECONDS = 20.0


class PacerConsumer(AsyncConsumer):  # type: ignore[misc]
    """Shows every feed at its pace. Its handler only wakes the loops; a loop inside a handler would deafen it."""

    channel_layer_alias = "none"

    def __init__(self) -> None:
        self._permanent = permanent_feeds()
        self._threads = DatabaseThreads(len(self._permanent), "pacer")
        self._temporary_feed_threads = DatabaseThreads(GUEST_THREADS, "pacer-guest")
        self._wake = {name: asyncio.Event() for name in self._permanent}
        self._loops: list[WatchedTask] = []
        self._guests: dict[str, WatchedTask] = {}
        self._look = asyncio.Event()
        # The feeds whose next row is loaded: for them an announcement changes nothing.
        self._loaded: set[str] = set()

    async def pacer_wake(self, message: dict[str, Any]) -> None:
        """An operator changed something, or a second went by: look which feeds have something to show."""
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
        """A loop that makes a turn at each wake-up, and otherwise each `LONGEST_SLEEP_SECONDS`."""
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
        """Wake the feeds that have something to show; one that came and has no loop yet gets one."""
        while True:
            loop.progress()
            await self._look.wait()
            self._look.clear()
            for name in await self._names_with_queue():
                if name in self._wake:
                    self._wake[name].set()
                else:
                    self._wake[name] = asyncio.Event()
                    self._guests[name] = self._keep(f"show-{name}", partial(self._show_temporary, name))

    async def _names_with_queue(self) -> list[str]:
        try:
            return await self._threads.run(opening.names_with_queue)
        except DatabaseError as error:
            logger.warning("Which feeds are to be shown waits for PostgreSQL: %s", error)
        except Exception:
            logger.exception("Which feeds are to be shown could not be read")
        return []

    async def _show_temporary(self, name: str, loop: Loop) -> None:
        """As `_show_permanent`, until nothing is queued or the feed is closed."""
        next_row, has_more = None, True
        while has_more:
            loop.progress()
            self._wake[name].clear()
            step = await self._step(self._temporary_feed_threads, name, next_row)
            has_more = step.wait_seconds < pacer.IDLE_SECONDS or self._wake[name].is_set()
            is_woken = has_more and step.wait_seconds > 0 and await self._sleep(name, step)
            next_row = None if is_woken else step.next_row
        del self._guests[name], self._wake[name]

    async def _step(self, threads: DatabaseThreads, name: str, next_row: pacer.NextRow | None) -> pacer.Step:
        """One step; a failure is waited out."""
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
        """Sleep as long as `step` says, or until woken; says whether it was woken."""
        if step.next_row is not None:
            self._loaded.add(name)
        try:
            async with asyncio.timeout(min(step.wait_seconds, LONGEST_SLEEP_SECONDS)):
                return await self._wake[name].wait()
        except TimeoutError:
            return False
        finally:
            self._loaded.discard(name)

"""The pacer process's Channels consumer, run by `manage.py runworker pacer --layer pacer`.

Messages to it are wake-ups and nothing more: it holds no queue, so a kill loses none. Each feed has a loop of its own
that shows a row when the database says it is due, and sleeps till then. Feeds that come and go have one while they have
something to show, and threads of their own: they hold up no other.
"""

from __future__ import annotations

import asyncio
import logging
from typing import Any

from channels.consumer import AsyncConsumer
from django.db import DatabaseError

from runtime.threads import DatabaseThreads
from streaming import opening, pacer
from streaming.display import FEEDS, UnknownFeed

logger = logging.getLogger(__name__)

RETRY_SECONDS = 0.25
GUEST_THREADS = 2


class PacerConsumer(AsyncConsumer):  # type: ignore[misc]
    """Shows every feed at its pace. Its handler only wakes the loops; a loop inside a handler would deafen it."""

    channel_layer_alias = "none"

    def __init__(self) -> None:
        self._threads = DatabaseThreads(len(FEEDS), "pacer")
        self._guest_threads = DatabaseThreads(GUEST_THREADS, "pacer-guest")
        self._wake = {name: asyncio.Event() for name in FEEDS}
        self._loops: list[asyncio.Task[None]] = []
        self._guests: dict[str, asyncio.Task[None]] = {}
        self._guest_wake = asyncio.Event()

    async def pacer_wake(self, message: dict[str, Any]) -> None:
        """Something was announced, an operator changed something, or a second went by."""
        for event in (*self._wake.values(), self._guest_wake):
            event.set()
        if not self._loops:
            self._loops = [asyncio.create_task(self._show_for_ever(name)) for name in FEEDS]
            self._loops.append(asyncio.create_task(self._receive_guests()))

    async def _show_for_ever(self, name: str) -> None:
        coming = None
        while True:
            self._wake[name].clear()
            step = await self._step(self._threads, name, coming)
            is_woken = step.wait_seconds > 0 and await self._sleep(name, step.wait_seconds)
            coming = None if is_woken else step.coming

    async def _receive_guests(self) -> None:
        """Give each feed that came and has something to show a loop, unless it has one."""
        while True:
            await self._guest_wake.wait()
            self._guest_wake.clear()
            for name in await self._names_with_queue():
                if name not in self._guests:
                    self._wake[name] = asyncio.Event()
                    self._guests[name] = asyncio.create_task(self._show_guest(name))

    async def _names_with_queue(self) -> list[str]:
        try:
            return await self._threads.run(opening.names_with_queue)
        except DatabaseError as error:
            logger.warning("Which replays are to be shown waits for PostgreSQL: %s", error)
        except Exception:
            logger.exception("Which replays are to be shown could not be read")
        return []

    async def _show_guest(self, name: str) -> None:
        """As `_show_for_ever`, until nothing is queued or the feed is closed."""
        coming, has_more = None, True
        while has_more:
            self._wake[name].clear()
            step = await self._step(self._guest_threads, name, coming)
            has_more = step.wait_seconds < pacer.IDLE_SECONDS or self._wake[name].is_set()
            is_woken = has_more and step.wait_seconds > 0 and await self._sleep(name, step.wait_seconds)
            coming = None if is_woken else step.coming
        del self._guests[name], self._wake[name]

    async def _step(self, threads: DatabaseThreads, name: str, coming: pacer.Coming | None) -> pacer.Step:
        """One step; a failure is waited out. A loop that ended would never be made again, so nothing may end it."""
        try:
            return await threads.run(pacer.step, name, coming)
        except UnknownFeed:
            return pacer.Step(wait_seconds=pacer.IDLE_SECONDS)
        except DatabaseError as error:
            logger.warning("The display of %s waits for PostgreSQL: %s", name, error)
        except Exception:
            logger.exception("A step of the display of %s failed", name)
        return pacer.Step(wait_seconds=RETRY_SECONDS)

    async def _sleep(self, name: str, seconds: float) -> bool:
        """Sleep so long, or until woken; says whether it was woken."""
        try:
            async with asyncio.timeout(seconds):
                return await self._wake[name].wait()
        except TimeoutError:
            return False

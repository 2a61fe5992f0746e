"""The pacer process's Channels consumer, run by `manage.py runworker pacer --layer pacer`.

Messages to it are wake-ups and nothing more: it holds no queue, so a kill loses none. Each feed has a loop of its own
that shows a row when the database says it is due, and sleeps till then.
"""

from __future__ import annotations

import asyncio
import logging
from typing import Any

from channels.consumer import AsyncConsumer
from django.db import DatabaseError

from streaming import pacer
from streaming.display import FEEDS
from streaming.threads import DatabaseThreads

logger = logging.getLogger(__name__)

RETRY_SECONDS = 0.25


class PacerConsumer(AsyncConsumer):  # type: ignore[misc]
    """Shows every feed at its pace. Its handler only wakes the loops; a loop inside a handler would deafen it."""

    channel_layer_alias = "none"

    def __init__(self) -> None:
        self._threads = DatabaseThreads(len(FEEDS), "pacer")
        self._wake = {name: asyncio.Event() for name in FEEDS}
        self._loops: list[asyncio.Task[None]] = []

    async def pacer_wake(self, message: dict[str, Any]) -> None:
        """Something was announced, an operator changed something, or a second went by."""
        for event in self._wake.values():
            event.set()
        self._loops = self._loops or [asyncio.create_task(self._show_for_ever(name)) for name in FEEDS]

    async def _show_for_ever(self, name: str) -> None:
        coming = None
        while True:
            self._wake[name].clear()
            step = await self._step(name, coming)
            is_woken = step.wait_seconds > 0 and await self._sleep(name, step.wait_seconds)
            coming = None if is_woken else step.coming

    async def _step(self, name: str, coming: pacer.Coming | None) -> pacer.Step:
        """One step; a failure is waited out. A loop that ended would never be made again, so nothing may end it."""
        try:
            return await self._threads.run(pacer.step, name, coming)
        except DatabaseError as error:
            logger.warning("The display of %s waits for PostgreSQL: %s", name, error)
        except Exception:
            logger.exception("A step of the display of %s failed", name)
        return pacer.Step(wait_seconds=RETRY_SECONDS)

    async def _sleep(self, name: str, seconds: float) -> bool:
        """Sleep so long, or until woken; says whether it was woken."""
        try:
            return await asyncio.wait_for(self._wake[name].wait(), seconds)
        except TimeoutError:
            return False

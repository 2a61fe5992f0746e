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
        while True:
            self._wake[name].clear()
            try:
                step = await self._threads.run(pacer.step, name)
            except DatabaseError as error:
                logger.warning("The display of %s waits for PostgreSQL: %s", name, error)
                await asyncio.sleep(RETRY_SECONDS)
                continue
            except Exception:
                # A loop that ends is never made again, so nothing may end it.
                logger.exception("A step of the display of %s failed", name)
                await asyncio.sleep(RETRY_SECONDS)
                continue
            if step.wait_seconds > 0:
                await self._sleep(name, step.wait_seconds)

    async def _sleep(self, name: str, seconds: float) -> None:
        try:
            await asyncio.wait_for(self._wake[name].wait(), seconds)
        except TimeoutError:
            return

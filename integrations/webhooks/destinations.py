"""Finds the store that a webhook is for without a query for each webhook.

A found destination is kept for some seconds, and for longer while PostgreSQL does not answer. Names that are not known
are not kept: a guess costs one query of one thread.
"""

from __future__ import annotations

import asyncio
import time
from concurrent.futures import ThreadPoolExecutor

from django.db import connection

from integrations.webhooks import platforms
from integrations.webhooks.batches import ANSWER_SECONDS, NotStored
from integrations.webhooks.platforms import Platform
from integrations.webhooks.types import Destination

KEPT_SECONDS = 10.0
MOST_KEPT = 10_000
Key = tuple[str, str]


class Destinations:
    """The destinations that this process found lately, and those that it looks up now."""

    def __init__(self) -> None:
        self._found: dict[Key, tuple[float, Destination]] = {}
        self._lookups: dict[Key, asyncio.Future[Destination | None]] = {}
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="intake")

    async def find(self, platform: Platform, name: str) -> Destination | None:
        """The destination of that name; raises `NotStored` when it is not known and PostgreSQL does not answer."""
        key = (platform.name, name)
        found_at, kept = self._found.get(key, (-KEPT_SECONDS, None))
        if kept is not None and time.monotonic() - found_at < KEPT_SECONDS:
            return kept
        try:
            async with asyncio.timeout(ANSWER_SECONDS):
                return await asyncio.shield(self._look_up(key, platform))
        except Exception as error:
            if kept is not None:
                return kept
            raise NotStored("PostgreSQL did not say which store this is for.") from error

    def _look_up(self, key: Key, platform: Platform) -> asyncio.Future[Destination | None]:
        """The lookup of this name, which all requests for it share."""
        if key not in self._lookups:
            asked = asyncio.get_running_loop().run_in_executor(self._thread, _find, platform, key[1])
            self._lookups[key] = asked
            asked.add_done_callback(lambda done: self._note_done(key, done))
        return self._lookups[key]

    def _note_done(self, key: Key, done: asyncio.Future[Destination | None]) -> None:
        self._lookups.pop(key, None)
        if not done.cancelled() and done.exception() is None:
            self._keep(key, done.result())

    def _keep(self, key: Key, found: Destination | None) -> None:
        self._found.pop(key, None)
        if found is not None:
            self._found[key] = (time.monotonic(), found)
        if len(self._found) > MOST_KEPT:
            del self._found[next(iter(self._found))]


def _find(platform: Platform, name: str) -> Destination | None:
    try:
        return platforms.find(platform, name)
    finally:
        connection.close()

"""The WebSockets: `/ws/dashboard/` follows one feed, `/ws/stores/` the stores of the user.

The consumer of a feed belongs to no group and holds no queue: the hub of its process writes to it.
"""

from __future__ import annotations

import asyncio
import logging
from typing import Any

from django.conf import settings
from django.db import DatabaseError

from dashboard.sockets import (
    FELL_BEHIND,
    NO_ANSWER,
    UNAVAILABLE,
    ScreenConsumer,
    read_rights,
    read_rights_again,
    wait_for_change,
)
from dashboard.stores.consumer import StoresConsumer
from stores.members.sockets import is_for_everyone, may_follow
from streaming import feed as feeds

logger = logging.getLogger(__name__)

HELLO_SECONDS = 2.5


class DashboardConsumer(ScreenConsumer):
    """One open dashboard."""

    async def admit(self, query: dict[str, list[str]]) -> None:
        """Accept the socket of a viewer and send the hello."""
        self.feed = query.get("feed", [settings.INVOICEDASH_FEED])[-1]
        may_view = await self._may_view()
        if may_view is None:
            await self.accept_and_close(NO_ANSWER)
            return
        if not may_view or not await self._is_known():
            await self.close()
            return
        await self.accept()
        await self._send_hello(query)

    async def _send_hello(self, query: dict[str, list[str]]) -> None:
        if not is_for_everyone(self.feed):
            self.watch_rights([self.feed])
        self.connection = feeds.Connection(send=self.send_text, drop=self._drop, write=feeds.writer_of(self.base_send))
        try:
            last_seq, epoch = last_seq_of(query), query["epoch"][-1] if "epoch" in query else None
            async with asyncio.timeout(HELLO_SECONDS):
                await feeds.hub().join(self.feed, self.connection, last_seq=last_seq, epoch=epoch)
        except (DatabaseError, TimeoutError, feeds.UnknownFeed) as error:
            logger.warning("No hello for a dashboard: %s", error)
            await self.close(UNAVAILABLE, NO_ANSWER)
            return
        if not is_for_everyone(self.feed):
            self.guard = asyncio.create_task(self._guard_rights())

    def leave(self) -> None:
        if hasattr(self, "connection"):
            feeds.hub().leave(self.feed, self.connection)
        super().leave()

    def _drop(self) -> None:
        """Drop a client that is behind the hub's log: it resumes on a new connection."""
        self.dropping = asyncio.ensure_future(self.close(FELL_BEHIND))

    async def _is_known(self) -> bool:
        """Whether the feed exists. When PostgreSQL does not answer, the client gets a close code that says so."""
        if self.feed in feeds.permanent_feeds():
            return True
        try:
            async with asyncio.timeout(HELLO_SECONDS):
                await feeds.hub().run_in_thread(feeds.check_feed, self.feed)
        except feeds.UnknownFeed:
            return False
        except (DatabaseError, TimeoutError):
            pass
        return True

    async def _may_view(self) -> bool | None:
        """Whether this visitor may view; None when this could not be checked in time."""
        if is_for_everyone(self.feed):
            return True
        return await read_rights(may_follow, self.headers, self.feed)

    async def _guard_rights(self) -> None:
        """Close the socket of a visitor who may no longer view: at once after a change of members, else at the next check."""
        while await read_rights_again(True, may_follow, self.headers, self.feed):
            await wait_for_change(self.are_rights_changed)
        await self.lose_rights()


def last_seq_of(query: dict[str, list[str]]) -> int | None:
    """The sequence number to resume from; -1, which no feed has, for an invalid number; None for a new screen."""
    values = query.get("last_seq")
    if values is None:
        return None
    text = values[-1]
    return int(text) if text.isascii() and text.isdigit() and len(text) < 19 else -1


async def websocket_application(scope: dict[str, Any], receive: Any, send: Any) -> None:
    """Every WebSocket; other addresses are rejected before they are accepted."""
    consumer = _CONSUMERS.get(scope["path"])
    if consumer is not None:
        await consumer(scope, receive, send)
        return
    await receive()
    await send({"type": "websocket.close"})


_CONSUMERS = {"/ws/dashboard/": DashboardConsumer.as_asgi(), "/ws/stores/": StoresConsumer.as_asgi()}

"""The WebSocket `/ws/dashboard/`: authenticates and authorizes the client, then the hub sends.

The consumer belongs to no group and holds no queue: the hub of its process writes to it. Close codes are the
contract's: 4400 not understood, 4409 frame too large, 4403 rights lost, 4503 try again (PostgreSQL does not answer in
time, or too many WebSockets are open).
"""

from __future__ import annotations

import asyncio
import json
import logging
from contextlib import suppress
from typing import Any
from urllib.parse import parse_qs

from channels.generic.websocket import AsyncWebsocketConsumer
from django.conf import settings
from django.db import DatabaseError

from accounts.origins import is_foreign, is_known_host
from runtime.descriptors import reserve
from runtime.gc import websocket_closed
from runtime.threads import DatabaseThreads
from stores.members.sockets import is_for_everyone, may_follow
from streaming import feed as feeds

logger = logging.getLogger(__name__)

PATH = "/ws/dashboard/"
NOT_UNDERSTOOD, FRAME_TOO_LARGE, RIGHTS_LOST, UNAVAILABLE, FELL_BEHIND = 4400, 4409, 4403, 4503, 4408
LARGEST_FRAME = 4096
HELLO_SECONDS = 2.5
RIGHTS_SECONDS = 30.0
# Many clients that connect at once take turns. A dashboard without an answer for 5 s connects again.
RIGHTS_WAIT_SECONDS = 4.0
TOO_MANY = "Too many WebSockets are open; try again later."
NO_ANSWER = "The database did not answer in time; try again."
# Separate threads, so that many connecting clients do not delay the open screens.
_rights = DatabaseThreads(2, "rights")


class DashboardConsumer(AsyncWebsocketConsumer):  # type: ignore[misc]
    """One open dashboard."""

    channel_layer_alias = "none"

    async def connect(self) -> None:
        """Reject clients without permission before accepting; then send the hub's hello."""
        self.headers = {name.decode("latin1").lower(): value.decode("latin1") for name, value in self.scope["headers"]}
        query = parse_qs(self.scope["query_string"].decode("latin1"), keep_blank_values=True)
        self.feed = query.get("feed", [settings.INVOICEDASH_FEED])[-1]
        if not self._is_own_origin():
            await self.close()
        elif not reserve.admits():
            await self._accept_and_close(TOO_MANY)
        else:
            await self._accept_viewer(query)

    async def _accept_viewer(self, query: dict[str, list[str]]) -> None:
        """Accept the socket of a viewer and send the hello."""
        may_view = await self._may_view()
        if may_view is None:
            await self._accept_and_close(NO_ANSWER)
            return
        if not may_view or not await self._is_known():
            await self.close()
            return
        await self.accept()
        await self._send_hello(query)

    async def _accept_and_close(self, reason: str) -> None:
        """Close with a code: the browser would take a rejected handshake for missing rights."""
        await self.accept()
        await self.close(UNAVAILABLE, reason)

    async def _send_hello(self, query: dict[str, list[str]]) -> None:
        self.are_rights_changed = asyncio.Event()
        self.connection = feeds.Connection(
            send=self._send_text, drop=self._drop, write=feeds.writer_of(self.base_send),
            check_rights=self.are_rights_changed.set,
        )  # fmt: skip
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

    async def receive(self, text_data: str | None = None, bytes_data: bytes | None = None) -> None:
        """Answer a ping with a pong; any other frame is rejected."""
        if (
            len((text_data or "").encode(errors="surrogatepass")) > LARGEST_FRAME
            or len(bytes_data or b"") > LARGEST_FRAME
        ):
            await self._refuse(FRAME_TOO_LARGE, f"A frame may hold {LARGEST_FRAME} bytes.")
        elif is_ping(text_data):
            await self._send_text(feeds.wire.PONG)
        else:
            await self._refuse(NOT_UNDERSTOOD, 'The only accepted message is {"type": "ping"}.')

    async def disconnect(self, code: int) -> None:
        websocket_closed()
        if hasattr(self, "connection"):
            feeds.hub().leave(self.feed, self.connection)
        if hasattr(self, "guard"):
            self.guard.cancel()

    async def _send_text(self, text: str) -> None:
        await self.base_send({"type": "websocket.send", "text": text})

    async def _refuse(self, code: int, detail: str) -> None:
        if hasattr(self, "connection"):
            feeds.hub().leave(self.feed, self.connection)
        await self._send_text(feeds.wire.error_frame(detail))
        await self.close(code)

    def _drop(self) -> None:
        """Drop a client that is behind the hub's log: it resumes on a new connection."""
        self.dropping = asyncio.ensure_future(self.close(FELL_BEHIND))

    def _is_own_origin(self) -> bool:
        """Whether the request has this product's host name and comes from our page or from no browser."""
        return is_known_host(self.headers.get("host")) and not is_foreign(self.headers, is_navigation=False)

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
        try:
            async with asyncio.timeout(RIGHTS_WAIT_SECONDS):
                return await _rights.run(may_follow, self.headers, self.feed)
        except (DatabaseError, TimeoutError) as error:
            logger.warning("The rights of a visitor could not be checked: %s", error or "no answer in time")
            return None

    async def _guard_rights(self) -> None:
        """Close the socket of a visitor who may no longer view: at once after a change of members, else at the next check."""
        while await self._may_still_view():
            with suppress(TimeoutError):
                async with asyncio.timeout(RIGHTS_SECONDS):
                    await self.are_rights_changed.wait()
            self.are_rights_changed.clear()
        feeds.hub().leave(self.feed, self.connection)
        await self.close(RIGHTS_LOST)

    async def _may_still_view(self) -> bool:
        """Whether the visitor may still view. Visitors whose rights cannot be checked keep them: an outage revokes no
        rights.
        """
        try:
            return await _rights.run(may_follow, self.headers, self.feed)
        except DatabaseError:
            return True
        except Exception:
            # An error that ended this loop would let the visitor view permanently.
            logger.exception("The rights of a visitor could not be checked")
            return True


def is_ping(text: str | None) -> bool:
    """Whether a frame is `{"type": "ping"}`."""
    try:
        message = json.loads(text or "")
    except (ValueError, RecursionError):
        return False
    return isinstance(message, dict) and message.get("type") == "ping"


def last_seq_of(query: dict[str, list[str]]) -> int | None:
    """The sequence number to resume from; -1, which no feed has, for an invalid number; None for a new screen."""
    values = query.get("last_seq")
    if values is None:
        return None
    text = values[-1]
    return int(text) if text.isascii() and text.isdigit() and len(text) < 19 else -1


async def websocket_application(scope: dict[str, Any], receive: Any, send: Any) -> None:
    """Every WebSocket: only one address exists; others are rejected before they are accepted."""
    if scope["path"] == PATH:
        await _dashboard(scope, receive, send)
        return
    await receive()
    await send({"type": "websocket.close"})


_dashboard = DashboardConsumer.as_asgi()

"""What all WebSockets of the product share: who may open one, what a client may send, and the close codes.

Close codes are the contract's: 4400 not understood, 4409 frame too large, 4403 rights lost, 4503 try again (PostgreSQL
does not answer in time, or too many WebSockets are open).
"""

from __future__ import annotations

import asyncio
import json
import logging
from collections.abc import Callable, Sequence
from contextlib import suppress
from typing import TypeVar
from urllib.parse import parse_qs

from channels.generic.websocket import AsyncWebsocketConsumer
from django.db import DatabaseError

from accounts.origins import is_foreign, is_known_host
from runtime.descriptors import reserve
from runtime.gc import websocket_closed
from runtime.threads import DatabaseThreads
from streaming import feed as feeds
from streaming.feed import wire

logger = logging.getLogger(__name__)
T = TypeVar("T")

NOT_UNDERSTOOD, FRAME_TOO_LARGE, RIGHTS_LOST, UNAVAILABLE, FELL_BEHIND = 4400, 4409, 4403, 4503, 4408
LARGEST_FRAME = 4096
RIGHTS_SECONDS = 30.0
# Many clients that connect at once take turns. A screen without an answer for 5 s connects again.
RIGHTS_WAIT_SECONDS = 4.0
TOO_MANY = "Too many WebSockets are open; try again later."
NO_ANSWER = "The database did not answer in time; try again."
# Separate threads, so that many connecting clients do not delay the open screens.
_rights = DatabaseThreads(2, "rights")


class ScreenConsumer(AsyncWebsocketConsumer):  # type: ignore[misc]
    """A WebSocket of a screen. Subclasses accept it or not in `admit`, and stop sending to it in `leave`."""

    channel_layer_alias = "none"
    # Closes the socket when its user loses the right to it.
    guard: asyncio.Task[None] | None = None
    _rights_topics: Sequence[str] = ()

    async def connect(self) -> None:
        """Reject clients of other sites and clients beyond the limit before accepting."""
        self.headers = {name.decode("latin1").lower(): value.decode("latin1") for name, value in self.scope["headers"]}
        if not self._is_own_origin():
            await self.close()
        elif not reserve.admits():
            await self.accept_and_close(TOO_MANY)
        else:
            await self.admit(parse_qs(self.scope["query_string"].decode("latin1"), keep_blank_values=True))

    async def admit(self, query: dict[str, list[str]]) -> None:
        """Accept a client with permission and begin to send, or close."""
        raise NotImplementedError

    def leave(self) -> None:
        """Send nothing more. May be called twice, and before anything was sent."""
        if self._rights_topics:
            feeds.hub().unwatch_rights(self._rights_topics, self.are_rights_changed.set)
        if self.guard is not None and self.guard is not asyncio.current_task():
            self.guard.cancel()

    def watch_rights(self, topics: Sequence[str]) -> None:
        """Set `are_rights_changed` after each change of members that one of these topics notifies, until `leave`.

        Called before the hello, so that no change is missed between the hello and the guard.
        """
        self.are_rights_changed = asyncio.Event()
        self._rights_topics = topics
        feeds.hub().watch_rights(topics, self.are_rights_changed.set)

    async def accept_and_close(self, reason: str) -> None:
        """Close with a code: the browser would take a rejected handshake for missing rights."""
        await self.accept()
        await self.close(UNAVAILABLE, reason)

    async def receive(self, text_data: str | None = None, bytes_data: bytes | None = None) -> None:
        """Answer a ping with a pong; any other frame is rejected."""
        if (
            len((text_data or "").encode(errors="surrogatepass")) > LARGEST_FRAME
            or len(bytes_data or b"") > LARGEST_FRAME
        ):
            await self._refuse(FRAME_TOO_LARGE, f"A frame may hold {LARGEST_FRAME} bytes.")
        elif is_ping(text_data):
            await self.send_text(wire.PONG)
        else:
            await self._refuse(NOT_UNDERSTOOD, 'The only accepted message is {"type": "ping"}.')

    async def disconnect(self, code: int) -> None:
        websocket_closed()
        self.leave()

    async def send_text(self, text: str) -> None:
        await self.base_send({"type": "websocket.send", "text": text})

    async def lose_rights(self) -> None:
        """Close the socket of a user who may not view any more."""
        self.leave()
        await self.close(RIGHTS_LOST)

    async def _refuse(self, code: int, detail: str) -> None:
        self.leave()
        await self.send_text(wire.error_frame(detail))
        await self.close(code)

    def _is_own_origin(self) -> bool:
        """Whether the request has this product's host name and comes from our page or from no browser."""
        return is_known_host(self.headers.get("host")) and not is_foreign(self.headers, is_navigation=False)


async def read_rights(call: Callable[..., T], *arguments: object) -> T | None:
    """The result of `call`, which reads the rights of a visitor; None when PostgreSQL does not answer in time."""
    try:
        async with asyncio.timeout(RIGHTS_WAIT_SECONDS):
            return await _rights.run(call, *arguments)
    except (DatabaseError, TimeoutError) as error:
        logger.warning("The rights of a visitor could not be read: %s", error or "no answer in time")
        return None


async def read_rights_again(kept: T, call: Callable[..., T], *arguments: object) -> T:
    """The result of `call` now, for the guard of an open socket; `kept` where it fails: an outage revokes no rights."""
    try:
        return await _rights.run(call, *arguments)
    except DatabaseError:
        return kept
    except Exception:
        # An error that ended the guard would let the user view permanently.
        logger.exception("The rights of a visitor could not be read")
        return kept


async def wait_for_change(changed: asyncio.Event) -> None:
    """Return after a change of members, or when the next check of the rights is due."""
    with suppress(TimeoutError):
        async with asyncio.timeout(RIGHTS_SECONDS):
            await changed.wait()
    changed.clear()


def is_ping(text: str | None) -> bool:
    """Whether a frame is `{"type": "ping"}`."""
    try:
        message = json.loads(text or "")
    except (ValueError, RecursionError):
        return False
    return isinstance(message, dict) and message.get("type") == "ping"

"""Daphne's WebSockets with limits on memory: input is bounded, and a client that does not read is dropped.

Daphne writes to a socket without waiting and reads from it without stopping. Here, while the output of a socket is
blocked, the server does not read from it and its sender waits. The server cuts it after `STUCK_SECONDS`.
"""

from __future__ import annotations

import asyncio
import time
from typing import Any

from daphne.ws_protocol import WebSocketFactory, WebSocketProtocol

STUCK_SECONDS = 15.0
# Messages that the application has not taken yet. A dashboard sends one every few seconds.
MOST_WAITING = 64
DRAIN_LOOK_SECONDS = 0.05


def bound_sockets(factory: WebSocketFactory) -> None:
    """Make `factory` create bounded sockets from now on."""
    factory.protocol = BoundedWebSocket
    # Only a pong shows that the client reads; the messages it sends do not. The library resets an option that is left out.
    factory.setProtocolOptions(autoPingRestartOnAnyTraffic=False, allowNullOrigin=factory.allowNullOrigin)


class BoundedWebSocket(WebSocketProtocol):  # type: ignore[misc]
    """One WebSocket, registered with its transport as the producer of the output (Twisted's `IPushProducer`)."""

    last_ping: float

    def onOpen(self) -> None:
        self.writable = asyncio.Event()
        self.writable.set()
        self._stuck_since: float | None = None
        self._has_many_waiting = False
        # The HTTP channel that this connection began with.
        self.transport.unregisterProducer()
        self.transport.registerProducer(self, True)
        super().onOpen()

    def pauseProducing(self) -> None:
        """The transport's buffer is full: the client does not read."""
        self.writable.clear()
        self._stuck_since = time.monotonic()
        self.transport.pauseProducing()

    def resumeProducing(self) -> None:
        """The transport's buffer is empty again."""
        self.stopProducing()
        self._read_on()

    def stopProducing(self) -> None:
        """The connection is lost or the buffer is empty: release the senders that wait."""
        self._stuck_since = None
        self.writable.set()

    def onMessage(self, payload: bytes, isBinary: bool) -> None:
        pinged_at = self.last_ping
        super().onMessage(payload, isBinary)
        # A message does not postpone the next ping.
        self.last_ping = pinged_at
        if not self._has_many_waiting and self.application_queue.qsize() >= MOST_WAITING:
            self._has_many_waiting = True
            self.transport.pauseProducing()
            self._look_at_queue()

    def check_timeouts(self) -> None:
        if self.state == self.STATE_OPEN and self._is_stuck():
            self.transport.abortConnection()
        else:
            super().check_timeouts()

    def handle_reply(self, message: dict[str, Any]) -> None:
        if message.get("type") == "websocket.close" and self.state == self.STATE_OPEN:
            # Daphne's own method sends the code without the reason.
            self.sendClose(code=message.get("code") or 1000, reason=message.get("reason"))
        else:
            super().handle_reply(message)

    def _is_stuck(self) -> bool:
        return self._stuck_since is not None and time.monotonic() - self._stuck_since > STUCK_SECONDS

    def _look_at_queue(self) -> None:
        """Resume reading when the application has taken the waiting messages."""
        if self.application_queue.qsize() < MOST_WAITING // 2:
            self._has_many_waiting = False
            self._read_on()
        elif self.state == self.STATE_OPEN:
            asyncio.get_running_loop().call_later(DRAIN_LOOK_SECONDS, self._look_at_queue)

    def _read_on(self) -> None:
        if self._stuck_since is None and not self._has_many_waiting:
            self.transport.resumeProducing()

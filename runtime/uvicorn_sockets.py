"""uvicorn's WebSockets with limits, equivalent to `runtime.daphne_sockets` for Daphne.

uvicorn makes senders wait while a socket's output is blocked, but it answers pings without a limit and waits without a
limit until its buffer is empty. It also takes all that the kernel holds of a socket in one turn of the event loop.
"""

from __future__ import annotations

import asyncio
import socket
from typing import Any

from uvicorn.protocols.websockets.websockets_sansio_impl import WebSocketsSansIOProtocol

STUCK_SECONDS = 15.0
# Room for the close frame.
GOODBYE_SECONDS = 1.0
# What a client may have sent ahead: a dashboard sends a few bytes now and then. 256 KiB, as much as uvloop reads at once,
# are ten thousand messages, and a crowd of clients that sent as much would stop the event loop for seconds.
RECEIVE_BUFFER_BYTES = 16_384


class BoundedWebSocket(WebSocketsSansIOProtocol):
    """One WebSocket. While its output is blocked, the server does not read from it; the server cuts it after
    `STUCK_SECONDS`.
    """

    _cutting: asyncio.TimerHandle | None = None

    def connection_made(self, transport: Any) -> None:
        super().connection_made(transport)
        transport.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, RECEIVE_BUFFER_BYTES)

    def pause_writing(self) -> None:
        super().pause_writing()
        self.transport.pause_reading()
        self._cutting = self.loop.call_later(STUCK_SECONDS, self.transport.abort)

    def resume_writing(self) -> None:
        super().resume_writing()
        self._stop_cutting()
        if not self.read_paused:
            self.transport.resume_reading()

    def connection_lost(self, exc: Exception | None) -> None:
        self._stop_cutting()
        super().connection_lost(exc)

    async def receive(self) -> Any:
        message = await super().receive()
        if not self.writable.is_set():
            # The transport may just have resumed reading.
            self.transport.pause_reading()
        return message

    def keepalive_timeout(self) -> None:
        super().keepalive_timeout()
        # Closing waits until the buffer is empty, and a client that answers no ping may not read.
        self.loop.call_later(GOODBYE_SECONDS, self.transport.abort)

    def _stop_cutting(self) -> None:
        if self._cutting is not None:
            self._cutting.cancel()
            self._cutting = None

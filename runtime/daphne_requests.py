"""HTTP requests on Daphne: an answer that breaks off is cut, and a slow client slows down its sender.

Daphne itself ends the answer of a failed application as if it were complete, and buffers what a slow client does not
read without a limit.
"""

from __future__ import annotations

import asyncio
import logging
from typing import Any

from daphne.http_protocol import WebRequest

logger = logging.getLogger(__name__)


class CutRequest(WebRequest):  # type: ignore[misc]
    """A request whose answer, once started, ends only with its last message or with the connection."""

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.writable = asyncio.Event()
        self.writable.set()

    @property
    def _is_open(self) -> bool:
        # Twisted deletes the channel of a finished request.
        return not self.finished and self.channel is not None

    def handle_reply(self, message: Any) -> None:
        """Send a message. From the first message on, the transport reports when its buffer is full."""
        if message["type"] == "http.response.start" and self._is_open and self.producer is None:
            self.registerProducer(self, True)
        super().handle_reply(message)

    def pauseProducing(self) -> None:
        self.writable.clear()

    def resumeProducing(self) -> None:
        self.writable.set()

    def stopProducing(self) -> None:
        self.writable.set()

    def finish(self) -> None:
        if self._is_open and self.producer is not None:
            self.unregisterProducer()
        # Stop the transport's reports for a finished request.
        self.writable.set()
        super().finish()

    def connectionLost(self, reason: Any) -> None:
        self.writable.set()
        super().connectionLost(reason)

    def handle_exception(self, exception: Exception) -> None:
        """Answer an application error with an error page, or cut the connection when part of the answer was sent."""
        if self._response_started:
            self.cut()
        else:
            super().handle_exception(exception)

    def check_timeouts(self) -> None:
        """Apply Daphne's time limit until the answer begins; `runtime.sending` then limits each message."""
        if not self._response_started:
            super().check_timeouts()

    def cut(self) -> None:
        """Reset the connection, so that an HTTP/1.0 client also detects that the answer is incomplete."""
        if self._is_open:
            logger.warning("The answer to %s is cut", self.path.decode("ascii", "replace"))
            self.channel.transport.abortConnection()

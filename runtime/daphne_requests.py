"""HTTP requests on Daphne: an answer that breaks off is cut, never ended, and a slow reader slows its sender down.

Daphne itself ends the answer of a broken application as if it were whole, and keeps what a slow client does not take in
memory without a bound.
"""

from __future__ import annotations

import asyncio
import logging
from typing import Any

from daphne.http_protocol import WebRequest

logger = logging.getLogger(__name__)


class CutRequest(WebRequest):  # type: ignore[misc]
    """A request whose started answer ends by its own last message or by the end of the connection, and by nothing else."""

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.writable = asyncio.Event()
        self.writable.set()

    @property
    def _is_open(self) -> bool:
        # Twisted deletes the channel of a finished request.
        return not self.finished and self.channel is not None

    def handle_reply(self, message: Any) -> None:
        """Send; the transport reports from the first message on when it has too much to send."""
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
        # The transport reports nothing more about a request that is over.
        self.writable.set()
        super().finish()

    def connectionLost(self, reason: Any) -> None:
        self.writable.set()
        super().connectionLost(reason)

    def handle_exception(self, exception: Exception) -> None:
        """The application failed: an error page, or a cut when a part of the answer is on its way."""
        if self._response_started:
            self.cut()
        else:
            super().handle_exception(exception)

    def check_timeouts(self) -> None:
        """Daphne's time limit is for the beginning of an answer; `runtime.sending` bounds the rest piece by piece."""
        if not self._response_started:
            super().check_timeouts()

    def cut(self) -> None:
        """Reset the connection: also a client that speaks HTTP/1.0 sees that this was not the end."""
        if self._is_open:
            logger.warning("The answer to %s is cut", self.path.decode("ascii", "replace"))
            self.channel.transport.abortConnection()

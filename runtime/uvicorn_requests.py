"""HTTP on uvicorn: an answer that breaks off is cut by a reset, so that an HTTP/1.0 client also detects it.

uvicorn itself closes the connection normally, after a stalled client has read the rest.
"""

from __future__ import annotations

import asyncio
import os
import socket
import struct
from typing import Any

from uvicorn.protocols.http.h11_impl import H11Protocol

NO_LINGER = struct.pack("ii", 1, 0)


class CutProtocol(H11Protocol):
    """A connection that is reset when it is closed in the middle of an answer."""

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        super().connection_made(_CuttingTransport(transport, self))  # type: ignore[arg-type]


class _CuttingTransport:
    """The transport with another `close`."""

    def __init__(self, transport: asyncio.Transport, protocol: CutProtocol) -> None:
        self._transport = transport
        self._protocol = protocol

    def close(self) -> None:
        cycle = self._protocol.cycle
        if cycle is not None and cycle.response_started and not cycle.response_complete:
            self._reset()
        else:
            self._transport.close()

    def _reset(self) -> None:
        """Close with a reset. The transport's own `abort` still closes the connection normally."""
        number = os.dup(self._transport.get_extra_info("socket").fileno())
        with socket.socket(fileno=number) as same:
            same.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, NO_LINGER)
        self._transport.abort()

    def __getattr__(self, name: str) -> Any:
        return getattr(self._transport, name)

"""Writes finished WebSocket frames directly to the server's socket: the same bytes for a thousand dashboards.

An ASGI server builds the frame for each socket; on Daphne, building frames and texts of disabled log lines was half the
cost of a delivery. When the server is unknown or its socket has pending output, the writer refuses and the caller uses
ASGI.
"""

from __future__ import annotations

import struct
from collections.abc import Callable
from functools import lru_cache, partial
from typing import Any

Write = Callable[[bytes], bool]

TEXT, TWO_BYTES, EIGHT_BYTES = 0x81, 126, 127


@lru_cache(maxsize=64)
def frame_of(text: str) -> bytes:
    """`text` as one unmasked, uncompressed text frame (RFC 6455, 5.2)."""
    payload = text.encode()
    size = len(payload)
    if size < TWO_BYTES:
        return struct.pack("!BB", TEXT, size) + payload
    if size < 2**16:
        return struct.pack("!BBH", TEXT, TWO_BYTES, size) + payload
    return struct.pack("!BBQ", TEXT, EIGHT_BYTES, size) + payload


def writer_of(send: Any) -> Write:
    """Return a function that writes a frame to the socket behind the ASGI callable `send`; it returns whether it wrote."""
    server = getattr(getattr(send, "func", send), "__self__", None)
    # The servers are compared by name, so that a process imports only the one it uses.
    kinds = {f"{kind.__module__}.{kind.__qualname__}" for kind in type(server).__mro__}
    if "daphne.server.Server" in kinds and isinstance(send, partial):
        return partial(_write_by_twisted, send.args[0])
    if "uvicorn.protocols.websockets.websockets_sansio_impl.WebSocketsSansIOProtocol" in kinds:
        return partial(_write_by_uvicorn, server)
    return _write_nothing


def _write_nothing(frame: bytes) -> bool:
    return False


def _write_by_twisted(protocol: Any, frame: bytes) -> bool:
    """Write at once instead of in the next iteration of the reactor: this saves two system calls."""
    transport = protocol.transport
    if protocol.state != protocol.STATE_OPEN or protocol.send_queue or protocol._perMessageCompress or transport.TLS:
        return False
    if transport._tempDataBuffer or transport.dataBuffer or not transport.connected or transport.disconnecting:
        return False
    written = transport.writeSomeData(frame)
    if not isinstance(written, int):
        return False
    if written < len(frame):
        transport.write(frame[written:])
    return True


def _write_by_uvicorn(protocol: Any, frame: bytes) -> bool:
    transport = protocol.transport
    if (
        protocol.close_sent
        or not protocol.handshake_complete
        or not protocol.writable.is_set()
        or transport.is_closing()
    ):
        return False
    transport.write(frame)
    return True

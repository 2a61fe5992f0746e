"""A finished WebSocket frame, straight into the server's socket: made once, the same bytes for a thousand dashboards.

An ASGI server makes the frame anew for each socket; on Daphne that, and texts for a log that is off, were half of a
delivery. Where the server is not known, or its socket has something waiting, a writer says no and the ASGI way is taken.
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
    """What writes a frame to the socket behind the ASGI callable `send`; it returns False, having written nothing, or True."""
    server = getattr(getattr(send, "func", send), "__self__", None)
    # By name: neither server is imported where the other one serves.
    kinds = {f"{kind.__module__}.{kind.__qualname__}" for kind in type(server).__mro__}
    if "daphne.server.Server" in kinds and isinstance(send, partial):
        return partial(_write_by_twisted, send.args[0])
    if "uvicorn.protocols.websockets.websockets_sansio_impl.WebSocketsSansIOProtocol" in kinds:
        return partial(_write_by_uvicorn, server)
    return _write_nothing


def _write_nothing(frame: bytes) -> bool:
    return False


def _write_by_twisted(protocol: Any, frame: bytes) -> bool:
    """At once, and not when the reactor comes round to it: that spares two system calls."""
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

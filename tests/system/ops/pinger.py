"""A WebSocket client that sends pings and reads nothing, byte by byte, as no client library would."""

from __future__ import annotations

import base64
import os
import socket
import struct
from pathlib import Path
from urllib.parse import urlencode

# The buffers of both kernels, with room to spare; what is sent beyond lies in the server.
MOST_TAKEN = 16_000_000
# The connections over IPv4, where the kernel lists them: local address, remote address, state, bytes to send and to read.
CONNECTIONS = Path("/proc/net/tcp")
LOOPBACK, ESTABLISHED = "0100007F", "01"


def frame(opcode: int, payload: bytes) -> bytes:
    """A client's frame, masked with zeros."""
    return struct.pack("!BB4x", 0x80 | opcode, 0x80 | len(payload)) + payload


PROTOCOL_PINGS = frame(9, b"x" * 100)
MESSAGES = frame(1, b'{"type":"ping"}')


class Pinger:
    """A client that sends one frame again and again, and never reads."""

    def __init__(self, port: int, ping: bytes, **query: str) -> None:
        self.sent = 0
        # The most that the server had not read.
        self.ahead = 0
        self.is_cut = False
        self._port = port
        self._ping, self._pings = ping, ping * (50_000 // len(ping))
        self._socket = socket.socket()
        # The kernel keeps little on this side.
        self._socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        self._socket.connect(("127.0.0.1", port))
        self._open(port, urlencode(query))
        self._socket.setblocking(False)

    def _open(self, port: int, query: str) -> None:
        key = base64.b64encode(os.urandom(16)).decode()
        head = f"GET /ws/dashboard/?{query} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nUpgrade: websocket\r\n"
        head += f"Connection: Upgrade\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: {key}\r\n\r\n"
        self._socket.sendall(head.encode())
        assert self._socket.recv(12) == b"HTTP/1.1 101"

    def send_one(self) -> None:
        try:
            self._socket.send(self._ping)
        except BlockingIOError:
            self._look()
        except OSError:
            self.is_cut = True

    def send(self) -> None:
        """Send what the kernel takes now. Whole frames only matter until it takes no more."""
        try:
            while self.sent < 2 * MOST_TAKEN:
                offset = self.sent % len(self._pings)
                self.sent += self._socket.send(self._pings[offset:])
        except BlockingIOError:
            self._look()
        except OSError:
            self.is_cut = True

    def _look(self) -> None:
        """Look at the server's side: a full kernel sends probes more and more rarely, and may notice a cut minutes later."""
        if CONNECTIONS.exists():
            own = self._socket.getsockname()[1]
            ends = f" {LOOPBACK}:{self._port:04X} {LOOPBACK}:{own:04X} {ESTABLISHED} "
            _, held, line = CONNECTIONS.read_text().partition(ends)
            self.is_cut = not held
            self.ahead = max(self.ahead, int(line[9:17] or "0", 16))

    def close(self) -> None:
        self._socket.close()

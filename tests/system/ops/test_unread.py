"""A WebSocket client that sends pings and reads nothing is cut, and uses only a bounded buffer."""

from __future__ import annotations

import base64
import os
import socket
import struct
import time
from collections.abc import Iterator

import httpx
import pytest

from tests.dashboard.api.test_outage import web_process
from tests.system.ops.wired import database_url

pytestmark = pytest.mark.django_db(transaction=True)
CLIENTS = 10
# The buffers of both kernels, with room to spare; what is sent beyond lies in the server.
MOST_TAKEN = 16_000_000
# Only to end a hang.
PATIENCE = 120.0


def frame(opcode: int, payload: bytes) -> bytes:
    """A client's frame, masked with zeros."""
    return struct.pack("!BB4x", 0x80 | opcode, 0x80 | len(payload)) + payload


PROTOCOL_PINGS = frame(9, b"x" * 100)
MESSAGES = frame(1, b'{"type":"ping"}')


@pytest.fixture(scope="module", params=["daphne", "uvicorn"])
def web(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory, django_db_setup: None
) -> Iterator[httpx.Client]:
    with web_process(database_url(), tmp_path_factory.mktemp("unread"), WEB_SERVER=request.param) as client:
        yield client


class Pinger:
    """A client that sends one frame again and again, and never reads."""

    def __init__(self, port: int, ping: bytes) -> None:
        self.sent = 0
        self.is_cut = False
        self._ping, self._pings = ping, ping * (50_000 // len(ping))
        self._socket = socket.socket()
        # The kernel keeps little on this side.
        self._socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        self._socket.connect(("127.0.0.1", port))
        key = base64.b64encode(os.urandom(16)).decode()
        head = f"GET /ws/dashboard/ HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
        self._socket.sendall(f"{head}Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: {key}\r\n\r\n".encode())
        assert self._socket.recv(12) == b"HTTP/1.1 101"
        self._socket.setblocking(False)

    def send_one(self) -> None:
        try:
            self._socket.send(self._ping)
        except OSError:
            self.is_cut = True

    def send(self) -> None:
        """Send what the kernel takes now. Whole frames only matter until it takes no more."""
        try:
            while self.sent < 2 * MOST_TAKEN:
                offset = self.sent % len(self._pings)
                self.sent += self._socket.send(self._pings[offset:])
        except BlockingIOError:
            pass
        except OSError:
            self.is_cut = True


def test_clients_that_ping_now_and_then_and_never_read_are_cut(web: httpx.Client) -> None:
    """Sending does not prove that the client reads."""
    port = web.base_url.port
    assert port is not None
    pingers = [Pinger(port, ping) for ping in (PROTOCOL_PINGS, MESSAGES)]
    deadline = time.monotonic() + PATIENCE
    while not all(pinger.is_cut for pinger in pingers) and time.monotonic() < deadline:
        for pinger in pingers:
            pinger.send_one()
        time.sleep(1)
    assert all(pinger.is_cut for pinger in pingers)


@pytest.mark.parametrize("ping", [PROTOCOL_PINGS, MESSAGES], ids=["pings of the protocol", "messages"])
def test_ten_clients_that_ping_and_never_read_are_cut_at_a_bounded_cost(web: httpx.Client, ping: bytes) -> None:
    port = web.base_url.port
    assert port is not None
    pingers = [Pinger(port, ping) for _ in range(CLIENTS)]
    deadline = time.monotonic() + PATIENCE
    while not all(pinger.is_cut for pinger in pingers) and time.monotonic() < deadline:
        for pinger in pingers:
            pinger.send()
        time.sleep(0.05)
    assert [pinger.sent for pinger in pingers if pinger.sent > MOST_TAKEN] == []
    assert all(pinger.is_cut for pinger in pingers)
    assert web.get("/healthz").status_code == 200

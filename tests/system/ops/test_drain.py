"""A web process that gets a stop signal reports it first, finishes open requests, and closes its screens with a code."""

from __future__ import annotations

import json
import socket
import time
from collections.abc import Iterator

import pytest
from websockets.exceptions import ConnectionClosed
from websockets.sync.client import ClientConnection

from runtime.shutdown import DRAIN_SECONDS, GOING_AWAY
from tests.stack import Stack
from tests.system.live.dashboard import open_socket
from tests.system.ops.web import WebProcess
from tests.waiting import HANG_SECONDS, wait_for

NOTICE = 3
BODY = b'{"mode": "every"}'


@pytest.fixture(params=["daphne", "uvicorn"])
def web(request: pytest.FixtureRequest, stack: Stack) -> Iterator[WebProcess]:
    with WebProcess(stack, WEB_SERVER=request.param, STOP_NOTICE=str(NOTICE)) as web:
        yield web


class SlowCall:
    """A call of which only half was sent so far."""

    def __init__(self, port: int) -> None:
        self._socket = socket.create_connection(("127.0.0.1", port), timeout=HANG_SECONDS)
        head = f"PUT /api/feed?feed=live HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nContent-Length: {len(BODY)}\r\n"
        self._socket.sendall(f"{head}Content-Type: application/json\r\n\r\n".encode() + BODY[:5])

    def finish(self) -> bytes:
        """Send the rest; the answer's first line."""
        with self._socket:
            self._socket.sendall(BODY[5:])
            return self._socket.recv(4096).partition(b"\r\n")[0]


def close_code(screen: ClientConnection) -> int | None:
    """The code with which the other side closes it."""
    try:
        while True:
            screen.recv(timeout=HANG_SECONDS)
    except ConnectionClosed as error:
        return error.rcvd.code if error.rcvd else None


def test_a_stop_is_announced_and_drops_nothing_that_was_begun(web: WebProcess) -> None:
    call = SlowCall(web.port)
    with open_socket(f"ws://127.0.0.1:{web.port}/ws/dashboard/") as screen:
        assert json.loads(screen.recv(timeout=HANG_SECONDS))["type"] == "hello"
        asked = time.monotonic()
        web.ask_to_stop()
        wait_for(lambda: web.ready() == 503, "the process to say that it is not ready")
        assert web.is_listening()
        wait_for(lambda: not web.is_listening(), "the process to take nothing new")
        assert time.monotonic() - asked >= NOTICE * 0.9
        assert call.finish() == b"HTTP/1.1 200 OK"
        assert close_code(screen) == GOING_AWAY
    web.wait()
    assert "Traceback" not in web.output()


@pytest.mark.parametrize("web", ["daphne"], indirect=True)
def test_who_never_ends_does_not_hold_the_stop(web: WebProcess) -> None:
    call = SlowCall(web.port)
    asked = time.monotonic()
    web.ask_to_stop()
    web.wait()
    assert time.monotonic() - asked >= NOTICE + DRAIN_SECONDS * 0.9
    with pytest.raises((OSError, AssertionError)):
        assert call.finish()

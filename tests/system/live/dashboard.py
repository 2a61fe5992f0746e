"""A dashboard on the running product: a real socket in a thread, every frame checked and kept with its time."""

from __future__ import annotations

import json
import socket
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from websockets.exceptions import ConnectionClosed, InvalidHandshake, InvalidMessage, WebSocketException
from websockets.sync.client import ClientConnection, connect

from tests.streaming.screen import Json, Screen
from tests.waiting import HANG_SECONDS, wait_for

PAUSE_SECONDS = 0.1
OPTIONS: dict[str, Any] = {
    "compression": None,
    "ping_interval": None,
    "max_size": None,
    "proxy": None,
    "close_timeout": 2,
}


@dataclass(frozen=True, kw_only=True)
class Frame:
    """One frame, when it came by the wall clock, and on which connection."""

    at: float
    connection: int
    body: Json


class LastFrames(ClientConnection):
    """Keeps the frames that come with the server's close frame. The library drops them when it cannot answer the close
    frame, because the server has closed the connection by then.
    """

    def send_data(self) -> None:
        try:
            super().send_data()
        except OSError:
            if threading.current_thread() is not self.recv_events_thread:
                raise


def open_socket(
    url: str, *, headers: Mapping[str, str] | None = None, port: int | None = None, **query: object
) -> ClientConnection:
    """One connection, as a script opens it: without an Origin. `port` is one of this machine, whatever `url` names."""
    sock = None if port is None else socket.create_connection(("127.0.0.1", port))
    address = f"{url}?{urlencode({name: value for name, value in query.items() if value is not None})}"
    opened: ClientConnection = connect(
        address,
        sock=sock,
        additional_headers=headers,
        open_timeout=HANG_SECONDS,
        create_connection=LastFrames,
        **OPTIONS,
    )
    return opened


class Dashboard:
    """Follows a feed until it is closed. With `resumes` it comes back by its last sequence number, as the page does."""

    def __init__(
        self, url: str, *, headers: Mapping[str, str] | None = None, resumes: bool = True, feed: str | None = None
    ) -> None:
        self.screen = Screen()
        self.frames: list[Frame] = []
        self.connections = 0
        self.close_codes: list[int] = []
        self.broken_promises: list[AssertionError] = []
        self._url, self._headers, self._resumes, self._feed = url, headers, resumes, feed
        self._closing = threading.Event()
        self._away = threading.Event()
        self._socket: ClientConnection | None = None
        self._thread = threading.Thread(target=self._follow_loop, daemon=True)

    def __enter__(self) -> Dashboard:
        self._thread.start()
        self.wait(lambda: self.frames, "a hello")
        return self

    def __exit__(self, *_: object) -> None:
        self._closing.set()
        self.disconnect()
        self._thread.join(HANG_SECONDS)
        assert self.broken_promises == []

    def wait(self, condition: Callable[[], Any], what: str) -> Any:
        return wait_for(condition, what, show=lambda: json.dumps([frame.body for frame in self.frames[-3:]])[:2000])

    def disconnect(self) -> None:
        """Lose the connection; one that resumes comes back."""
        if self._socket is not None:
            self._socket.close()

    def go_away(self) -> None:
        """Lose the connection and stay away until `come_back`."""
        self._away.set()
        self.disconnect()

    def come_back(self) -> None:
        self._away.clear()

    def of(self, kind: str) -> list[Frame]:
        return [frame for frame in list(self.frames) if frame.body["type"] == kind]

    def numbers(self) -> list[str]:
        """The invoice numbers on screen, oldest first."""
        return [invoice["invoice_number"] for invoice in list(self.screen.invoices.values())]

    def sequence(self) -> list[int]:
        """Every sequence number that it received, in order of arrival, over all its connections."""
        told: list[int] = []
        for frame in list(self.frames):
            told += [item["seq"] for item in frame.body.get("items", [])]
            told += [frame.body["seq"]] if frame.body["type"] == "invoice" else []
        return told

    def _follow_loop(self) -> None:
        while not self._closing.is_set():
            if not self._away.is_set():
                self._follow_once()
                if not self._resumes:
                    return
            self._closing.wait(PAUSE_SECONDS)

    def _follow_once(self) -> None:
        resume: dict[str, Any] = {"last_seq": self.screen.last_seq, "epoch": self.screen.epoch}
        try:
            with open_socket(self._url, headers=self._headers, feed=self._feed, **resume) as self._socket:
                self.connections += 1
                for text in self._socket:
                    self._take(str(text))
        except ConnectionClosed as error:
            self.close_codes.append(error.rcvd.code if error.rcvd else 1006)
        except (OSError, TimeoutError, InvalidHandshake, InvalidMessage, WebSocketException):
            return

    def _take(self, text: str) -> None:
        body = json.loads(text)
        self.frames.append(Frame(at=time.time(), connection=self.connections, body=body))
        try:
            self.screen.take(body)
        except AssertionError as error:
            self.broken_promises.append(error)


class DeafReader:
    """A socket that takes all it is sent and answers no ping: a half-open connection, a machine asleep."""

    def __init__(self, port: int) -> None:
        self.has_ended = False
        self.byte_count = 0
        self._socket = socket.create_connection(("127.0.0.1", port))
        self._socket.sendall(
            b"GET /ws/dashboard/ HTTP/1.1\r\nHost: 127.0.0.1:%d\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
            b"Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: MDEyMzQ1Njc4OWFiY2RlZg==\r\n\r\n" % port
        )
        threading.Thread(target=self._read, daemon=True).start()

    def _read(self) -> None:
        try:
            while data := self._socket.recv(65536):
                self.byte_count += len(data)
        except OSError:
            pass
        self.has_ended = True

    def close(self) -> None:
        self._socket.close()

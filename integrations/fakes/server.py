"""Serves fake shops by HTTP on this machine: one server, each shop below a path of its own."""

from __future__ import annotations

import json
import ssl
import threading
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from email.message import Message
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Any, Self
from urllib.parse import parse_qsl, urlsplit


@dataclass(frozen=True, kw_only=True, slots=True)
class Request:
    """A request to a shop. `path` begins behind the shop's own."""

    method: str
    path: str
    query: Mapping[str, str]
    headers: Message
    body: bytes


@dataclass(frozen=True, slots=True)
class Content:
    """A body that is sent in chunks, because it may be large."""

    size: int
    chunks: Iterator[bytes]


@dataclass(frozen=True, slots=True)
class Reply:
    """`body` is sent as JSON, unless it is bytes or `Content`. `is_half`: the connection ends in the middle of the body."""

    status: int
    body: Any
    headers: Mapping[str, str] = field(default_factory=dict)
    is_half: bool = False

    def content(self) -> Content:
        if isinstance(self.body, Content):
            return self.body
        content = self.body if isinstance(self.body, bytes) else json.dumps(self.body).encode()
        return Content(len(content), iter([content]))


Answer = Callable[[Request], Reply]
NO_SHOP = Reply(404, {"message": "No shop has this address."})


class FakeServer:
    """A context manager: what is mounted answers from its begin to its end; by https with a `certificate`, the path of a PEM
    file that holds its key as well.
    """

    def __init__(self, *, port: int = 0, certificate: str = "") -> None:
        self._shops: dict[str, Answer] = {}
        self._server = _Server(("127.0.0.1", port), type("Handler", (_Handler,), {"shops": self._shops}))
        if certificate:
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            context.load_cert_chain(certificate)
            self._server.socket = context.wrap_socket(self._server.socket, server_side=True)
        self._scheme = "https" if certificate else "http"
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.05,), daemon=True)

    def mount(self, answer: Answer, name: str = "") -> str:
        """Serve a shop below the path `/name`, or all paths that no other shop has; returns its address."""
        self._shops[name] = answer
        return f"{self._scheme}://127.0.0.1:{self._server.server_address[1]}" + (f"/{name}" if name else "")

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: type[BaseException] | BaseException | TracebackType | None) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    # A thousand shops may be asked at once.
    request_queue_size = 128


class _Handler(BaseHTTPRequestHandler):
    shops: Mapping[str, Answer]

    def do_GET(self) -> None:
        self._answer()

    def do_POST(self) -> None:
        self._answer()

    def do_PUT(self) -> None:
        self._answer()

    def log_message(self, format: str, *args: Any) -> None:
        """Write no log line for each request."""

    def _answer(self) -> None:
        body = self.rfile.read(int(self.headers.get("content-length") or 0))
        parts = urlsplit(self.path)
        name = parts.path.split("/", 2)[1]
        is_mounted = bool(name) and name in self.shops
        answer = self.shops.get(name if is_mounted else "")
        request = Request(
            method=self.command, path=parts.path.removeprefix(f"/{name}") if is_mounted else parts.path,
            query=dict(parse_qsl(parts.query, keep_blank_values=True)), headers=self.headers, body=body,
        )  # fmt: skip
        self._send(answer(request) if answer else NO_SHOP)

    def _send(self, reply: Reply) -> None:
        content = reply.content()
        headers = {"Content-Type": "application/json; charset=UTF-8", "Content-Length": str(content.size)}
        self.close_connection = True
        try:
            self.send_response(reply.status)
            for header in (headers | dict(reply.headers)).items():
                self.send_header(*header)
            self.end_headers()
            self._write(content, content.size // 2 if reply.is_half else content.size)
        except ConnectionError:
            # The client has given up.
            return

    def _write(self, content: Content, left: int) -> None:
        """Write the first `left` bytes."""
        for chunk in content.chunks:
            self.wfile.write(chunk[:left])
            left -= len(chunk[:left])

"""Serves a fake shop by HTTP on this machine, with the faults of its answers."""

from __future__ import annotations

import json
import ssl
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from integrations.woocommerce.fake import exchange, rest
from integrations.woocommerce.fake.rest import Reply
from integrations.woocommerce.fake.shop import FakeShop


class ShopServer:
    """A context manager: the shop answers at `shop.url` from its begin to its end; by https with a `certificate`, the
    path of a PEM file that holds its key as well.
    """

    def __init__(self, shop: FakeShop, *, port: int = 0, certificate: str = "") -> None:
        self._server = ThreadingHTTPServer(("127.0.0.1", port), type("Handler", (_Handler,), {"shop": shop}))
        self._server.daemon_threads = True
        shop.url = f"http{'s' if certificate else ''}://127.0.0.1:{self._server.server_address[1]}"
        if certificate:
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            context.load_cert_chain(certificate)
            self._server.socket = context.wrap_socket(self._server.socket, server_side=True)
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.05,), daemon=True)
        self.shop = shop

    def __enter__(self) -> ShopServer:
        self._thread.start()
        return self

    def __exit__(self, *_: type[BaseException] | BaseException | TracebackType | None) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()


class _Handler(BaseHTTPRequestHandler):
    shop: FakeShop

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
        query = dict(parse_qsl(parts.query, keep_blank_values=True))
        if parts.path == exchange.PATH:
            self._send(exchange.approve(self.shop, query))
            return
        if not self.shop.has_permalinks:
            self._send_page(404)
            return
        fault = self.shop.faults.next_answer()
        if isinstance(fault, int):
            self._send(Reply(fault, {"code": "fault", "message": "A fault on demand."}))
            return
        if fault == "slow":
            time.sleep(self.shop.faults.slow_seconds)
        answer = rest.reply(self.shop, self.command, parts.path, query, json.loads(body) if body else None)
        self._send(answer, is_half=fault == "half")

    def _send_page(self, status: int) -> None:
        """A page of WordPress."""
        self.send_response(status)
        self.send_header("Content-Type", "text/html; charset=UTF-8")
        self.end_headers()
        self.wfile.write(b"<!DOCTYPE html><title>Page not found</title>")

    def _send(self, reply: Reply, *, is_half: bool = False) -> None:
        content = json.dumps(reply.body).encode()
        self.close_connection = True
        try:
            self.send_response(reply.status)
            self.send_header("Content-Type", "application/json; charset=UTF-8")
            self.send_header("Content-Length", str(len(content)))
            if reply.location:
                self.send_header("Location", reply.location)
            if reply.status == 429:
                self.send_header("Retry-After", "7")
            self.end_headers()
            self.wfile.write(content[: len(content) // 2] if is_half else content)
        except ConnectionError:
            # The client has given up.
            return

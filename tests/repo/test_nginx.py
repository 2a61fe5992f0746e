"""The configuration of nginx: it is valid, and each of its limits holds."""

from __future__ import annotations

import http.client
import json
import socket
import ssl
import subprocess
import threading
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from tests.repo.edge import Edge, copy_configuration, nginx_command
from tests.stack import free_port
from tests.waiting import HANG_SECONDS

KIB = 1024
API_CALL = "/api/control/start"


@pytest.fixture(scope="module")
def lonely_edge(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Edge]:
    """nginx with no web process behind it."""
    with Edge(tmp_path_factory.mktemp("lonely"), upstream_port=free_port()) as edge:
        yield edge


class Echo(BaseHTTPRequestHandler):
    """Answers with the headers it was asked with."""

    def do_GET(self) -> None:
        body = json.dumps({name.lower(): value for name, value in self.headers.items()}).encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *arguments: object) -> None:
        """Say nothing."""


@pytest.fixture
def echo_port() -> Iterator[int]:
    """A web process that answers with the request that it received."""
    with ThreadingHTTPServer(("127.0.0.1", 0), Echo) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield server.server_address[1]
        server.shutdown()


@pytest.fixture
def silent_port() -> Iterator[int]:
    """A port that accepts connections and never answers."""
    with socket.create_server(("127.0.0.1", 0), backlog=256) as server:
        yield server.getsockname()[1]


@pytest.mark.parametrize("name", ["nginx.conf", "nginx-https.conf", "nginx-proxied.conf"])
def test_the_configuration_is_valid(name: str, tmp_path: Path) -> None:
    command = nginx_command(copy_configuration(tmp_path) / name, tmp_path, "-t")
    result = subprocess.run(command, capture_output=True, text=True)
    assert result.returncode == 0, result.stderr


@pytest.mark.parametrize(
    ("path", "size", "is_refused"),
    [
        (API_CALL, 256 * KIB, False),
        (API_CALL, 256 * KIB + 1, True),
        (API_CALL, 500_000_000, True),
        ("/api/invoices", 4 * KIB * KIB, False),
        ("/api/invoices", 4 * KIB * KIB + 1, True),
        ("/api/invoices/2026-1", 257 * KIB, False),
    ],
)
def test_a_declared_body_over_the_limit_is_refused_before_it_is_sent(
    lonely_edge: Edge, path: str, size: int, is_refused: bool
) -> None:
    status, headers, _ = declare_body(lonely_edge, path, size)
    assert (status == 413) is is_refused
    if is_refused:
        assert headers["content-type"] == "application/problem+json"


def declare_body(edge: Edge, path: str, size: int) -> tuple[int, dict[str, str], bytes]:
    """Announce a body of `size` bytes; send it only where that is little."""
    connection = http.client.HTTPConnection("127.0.0.1", edge.port, timeout=HANG_SECONDS)
    connection.putrequest("POST", path)
    connection.putheader("Content-Length", str(size))
    connection.endheaders(b"x" * size if size <= 4 * KIB * KIB else b"x" * KIB)
    return read_answer(connection)


def read_answer(connection: http.client.HTTPConnection) -> tuple[int, dict[str, str], bytes]:
    """Status, headers with small names, and body."""
    response = connection.getresponse()
    body = response.read()
    connection.close()
    return response.status, {name.lower(): value for name, value in response.getheaders()}, body


def test_a_body_without_a_length_is_refused_once_it_is_over_the_limit(lonely_edge: Edge) -> None:
    connection = http.client.HTTPConnection("127.0.0.1", lonely_edge.port, timeout=HANG_SECONDS)
    chunks = (b"x" * (64 * KIB) for _ in range(5))
    connection.request("POST", API_CALL, body=chunks, headers={"Transfer-Encoding": "chunked"}, encode_chunked=True)
    status, headers, body = read_answer(connection)
    assert (status, headers["content-type"]) == (413, "application/problem+json")
    assert json.loads(body)["status"] == 413


@pytest.mark.parametrize(
    ("path", "content_type"), [("/api/stats", "application/problem+json"), ("/", "text/html; charset=utf-8")]
)
def test_without_a_web_process_the_visitor_is_asked_to_come_back(
    lonely_edge: Edge, path: str, content_type: str
) -> None:
    connection = http.client.HTTPConnection("127.0.0.1", lonely_edge.port, timeout=HANG_SECONDS)
    connection.request("GET", path)
    status, headers, body = read_answer(connection)
    assert (status, headers["content-type"], headers["retry-after"]) == (503, content_type, "2")
    assert b"does not answer" in body


def test_the_answer_does_not_show_the_version_of_the_server(lonely_edge: Edge) -> None:
    connection = http.client.HTTPConnection("127.0.0.1", lonely_edge.port, timeout=HANG_SECONDS)
    connection.request("GET", "/")
    _, headers, _ = read_answer(connection)
    assert headers["server"] == "nginx"


def test_metrics_are_not_served_to_the_outside(lonely_edge: Edge) -> None:
    connection = http.client.HTTPConnection("127.0.0.1", lonely_edge.port, timeout=HANG_SECONDS)
    connection.request("GET", "/metrics")
    assert read_answer(connection)[0] == 403


def test_search_words_are_not_logged(lonely_edge: Edge) -> None:
    connection = http.client.HTTPConnection("127.0.0.1", lonely_edge.port, timeout=HANG_SECONDS)
    connection.request("GET", "/api/invoices?q=someones-name")
    read_answer(connection)
    assert '"path":"/api/invoices"' in lonely_edge.log
    assert "someones-name" not in lonely_edge.log


def test_a_header_that_drips_is_cut_off(tmp_path: Path) -> None:
    shorten = {"client_header_timeout 10s": "client_header_timeout 1s"}
    with (
        Edge(tmp_path, upstream_port=free_port(), shorten=shorten) as edge,
        socket.create_connection(("127.0.0.1", edge.port), timeout=0.2) as slow,
    ):
        slow.sendall(b"GET / HTTP/1.1\r\n")
        assert is_cut_off_while_dripping(slow)


def is_cut_off_while_dripping(slow: socket.socket) -> bool:
    """Send a header line five times a second; whether the other side closes."""
    deadline = time.monotonic() + HANG_SECONDS
    while time.monotonic() < deadline:
        try:
            slow.sendall(b"X-Drip: 1\r\n")
            if slow.recv(1) == b"":
                return True
        except TimeoutError:
            continue
        except ConnectionError:
            return True
    return False


def test_one_address_has_a_bounded_number_of_connections(tmp_path: Path, silent_port: int) -> None:
    shorten = {"limit_conn per_address 100": "limit_conn per_address 3"}
    with Edge(tmp_path, upstream_port=silent_port, shorten=shorten) as edge:
        waiting = [http.client.HTTPConnection("127.0.0.1", edge.port, timeout=HANG_SECONDS) for _ in range(3)]
        try:
            for connection in waiting:
                connection.request("GET", "/api/stats")
            assert answer_of_one_more(edge) == (429, "application/problem+json")
        finally:
            for connection in waiting:
                connection.close()


def answer_of_one_more(edge: Edge) -> tuple[int, str]:
    """The answer once the others are counted: they are not, until nginx has read them."""
    deadline = time.monotonic() + HANG_SECONDS
    while time.monotonic() < deadline:
        connection = http.client.HTTPConnection("127.0.0.1", edge.port, timeout=0.5)
        connection.request("GET", "/api/stats")
        try:
            status, headers, _ = read_answer(connection)
        except TimeoutError:
            connection.close()
            continue
        return status, headers["content-type"]
    raise AssertionError("no connection was ever refused")


CHOSEN = {"X-Forwarded-For": "203.0.113.7", "X-Forwarded-Proto": "https", "X-Forwarded-Host": "evil.example"}


def forwarded_headers(connection: http.client.HTTPConnection) -> dict[str, str]:
    """The headers that reach the web process when a visitor sends headers of their choice."""
    connection.request("GET", "/", headers=CHOSEN)
    headers: dict[str, str] = json.loads(read_answer(connection)[2])
    return headers


def test_a_visitor_cannot_choose_their_address_or_scheme(tmp_path: Path, echo_port: int) -> None:
    with Edge(tmp_path, echo_port) as edge:
        headers = forwarded_headers(http.client.HTTPConnection("127.0.0.1", edge.port, timeout=HANG_SECONDS))
    assert (headers["x-forwarded-for"], headers["x-forwarded-proto"]) == ("127.0.0.1", "http")
    assert "x-forwarded-host" not in headers
    assert headers["host"] == f"127.0.0.1:{edge.port}"


def test_a_proxy_in_front_is_trusted_where_there_is_one(tmp_path: Path, echo_port: int) -> None:
    with Edge(tmp_path, echo_port, name="nginx-proxied.conf") as edge:
        headers = forwarded_headers(http.client.HTTPConnection("127.0.0.1", edge.port, timeout=HANG_SECONDS))
    assert (headers["x-forwarded-for"], headers["x-forwarded-proto"]) == ("203.0.113.7", "https")


def test_nginx_ends_tls_when_it_is_configured_to(tmp_path: Path, echo_port: int) -> None:
    with Edge(tmp_path, echo_port, name="nginx-https.conf") as edge:
        trusting = ssl.create_default_context(cafile=str(tmp_path / "configuration" / "tls" / "fullchain.pem"))
        secure = forwarded_headers(
            http.client.HTTPSConnection("localhost", edge.tls_port, timeout=HANG_SECONDS, context=trusting)
        )
        plain = forwarded_headers(http.client.HTTPConnection("127.0.0.1", edge.port, timeout=HANG_SECONDS))
    assert (secure["x-forwarded-proto"], plain["x-forwarded-proto"]) == ("https", "http")

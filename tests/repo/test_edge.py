"""The running product behind the nginx of the deployment."""

from __future__ import annotations

import contextlib
import http.client
import json
from collections.abc import Iterator
from urllib.parse import urlsplit

import psutil
import pytest
from websockets.sync.client import connect

from tests.repo.edge import Edge
from tests.repo.test_nginx import KIB, declare_body, read_answer
from tests.stack import Stack
from tests.waiting import HANG_SECONDS

ENDLESS, CHUNK = 500_000_000, b"x" * 250_000


@pytest.fixture(scope="module")
def edge(stack: Stack, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Edge]:
    """nginx in front of the real product."""
    port = urlsplit(stack.url).port
    assert port is not None
    with Edge(tmp_path_factory.mktemp("edge"), upstream_port=port) as running:
        yield running


def get(edge: Edge, path: str, headers: dict[str, str] | None = None) -> tuple[int, dict[str, str], bytes]:
    connection = http.client.HTTPConnection("127.0.0.1", edge.port, timeout=HANG_SECONDS)
    connection.request("GET", path, headers=headers or {})
    return read_answer(connection)


def test_the_page_and_its_security_headers_come_through(edge: Edge) -> None:
    status, headers, body = get(edge, "/")
    assert status == 200
    assert b'data-testid="start"' in body
    assert "content-security-policy" in headers
    assert headers["x-content-type-options"] == "nosniff"


def test_large_answers_are_compressed(edge: Edge) -> None:
    status, headers, _ = get(edge, "/api/openapi.json", {"Accept-Encoding": "gzip"})
    assert (status, headers.get("content-encoding")) == (200, "gzip")


def test_the_websocket_says_hello_and_answers_a_ping(edge: Edge) -> None:
    with connect(f"ws://127.0.0.1:{edge.port}/ws/dashboard/", open_timeout=HANG_SECONDS) as socket:
        assert json.loads(socket.recv(timeout=HANG_SECONDS))["type"] == "hello"
        socket.send('{"type": "ping"}')
        types = (json.loads(socket.recv(timeout=HANG_SECONDS))["type"] for _ in range(20))
        assert "pong" in types


def test_a_websocket_of_another_sites_page_is_refused(edge: Edge) -> None:
    status, _, _ = get(
        edge,
        "/ws/dashboard/",
        {
            "Upgrade": "websocket",
            "Connection": "Upgrade",
            "Sec-WebSocket-Key": "AAAAAAAAAAAAAAAAAAAAAA==",
            "Sec-WebSocket-Version": "13",
            "Origin": "https://evil.example",
        },
    )
    assert status == 403


@pytest.mark.parametrize("size", [257 * KIB, 500_000_000])
def test_a_body_over_the_limit_is_refused(edge: Edge, size: int) -> None:
    status, headers, body = declare_body(edge, "/api/control/start", size)
    assert (status, headers["content-type"]) == (413, "application/problem+json")
    assert json.loads(body)["title"] == "Content Too Large"


@pytest.mark.parametrize("path", ["/api/control/start", "/api/invoices", "/api/imports?format=csv&name=endless.csv"])
def test_a_body_that_does_not_end_is_refused_and_fills_no_memory(edge: Edge, stack: Stack, path: str) -> None:
    web = psutil.Process(stack.pid("web"))
    before, held = web.memory_info().rss, list[int]()

    def chunks() -> Iterator[bytes]:
        for _ in range(ENDLESS // len(CHUNK)):
            held.append(web.memory_info().rss)
            yield CHUNK

    connection = http.client.HTTPConnection("127.0.0.1", edge.port, timeout=HANG_SECONDS)
    # nginx answers and hangs up while the body is still being sent.
    with contextlib.suppress(BrokenPipeError, ConnectionResetError):
        connection.request("POST", path, body=chunks(), headers={"Content-Type": "text/csv"}, encode_chunked=True)
    status, headers, _ = read_answer(connection)
    assert (status, headers["content-type"]) == (413, "application/problem+json")
    assert max(held) - before < 50_000_000
    assert get(edge, "/api/stats")[0] == 200


def test_the_products_own_refusals_come_through_unchanged(edge: Edge) -> None:
    status, headers, body = get(edge, "/api/invoices/no-such%2Fnumber")
    assert (status, headers["content-type"].split(";")[0]) == (404, "application/problem+json")
    assert json.loads(body)["status"] == 404

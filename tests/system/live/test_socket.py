"""The WebSocket follows the contract: who may open it, its first frame, its answers and its close codes."""

from __future__ import annotations

import contextlib
import json
from collections.abc import Iterator
from typing import Any

import pytest
from websockets.exceptions import ConnectionClosed, InvalidStatus
from websockets.sync.client import ClientConnection

from tests.system.live.dashboard import open_socket
from tests.system.live.product import Product
from tests.waiting import HANG_SECONDS

LARGEST_FRAME = 4096
STATS = {
    "feed", "currency", "invoice_count", "subtotal_amount", "vat_amount", "total_amount", "average_amount", "as_of", "source",
    "currencies",
}  # fmt: skip
DISPLAY = {"mode", "rate_per_second", "backlog", "shown_count", "skipped_count", "last_seq", "drain_eta_seconds"}
RUN = {
    "id", "state", "rate_per_second", "duration_seconds", "target_count", "issued_count", "started_at", "stopped_at", "ends_at",
}  # fmt: skip
PROCESS = {"name", "state", "pid", "started_at", "restarts", "last_heartbeat_at"}
INVOICE = {
    "id", "invoice_number", "invoice_date", "seller_name", "buyer_name", "currency", "vat_rate", "subtotal", "vat_amount",
    "total_amount",
}  # fmt: skip


@pytest.fixture(scope="module", autouse=True)
def at_rest(product: Product) -> None:
    """Nothing happens on the feed while sockets are opened and closed."""
    product.clear()


@pytest.fixture
def socket(product: Product) -> Iterator[ClientConnection]:
    """An open dashboard that has had its hello."""
    with open_socket(product.stack.ws_url) as socket:
        assert receive(socket)["type"] == "hello"
        yield socket


def receive(socket: ClientConnection) -> dict[str, Any]:
    frame: dict[str, Any] = json.loads(socket.recv(timeout=HANG_SECONDS))
    return frame


def receive_answer(socket: ClientConnection) -> dict[str, Any]:
    """The next frame that is not about the feed."""
    while (frame := receive(socket))["type"] in ("stats", "status", "invoice"):
        pass
    return frame


def close_code(socket: ClientConnection) -> int | None:
    """How the server ends it, once everything it says before was read."""
    try:
        while True:
            socket.recv(timeout=HANG_SECONDS)
    except ConnectionClosed as error:
        return error.rcvd.code if error.rcvd else None


def refusal(url: str, headers: dict[str, str] | None = None, *, port: int | None = None, **query: object) -> int:
    """The HTTP status of a handshake that is refused."""
    with pytest.raises(InvalidStatus) as refused, open_socket(url, headers=headers, port=port, **query):
        pass
    return refused.value.response.status_code


# -- what it says ------------------------------------------------------------------------------------------------------


def test_the_hello_has_the_shape_of_the_contract(empty_product: Product) -> None:
    product = empty_product
    product.set_pace(1000)
    product.start(rate=3, seconds=1)
    product.wait_until_completed()
    product.wait_until_idle()
    with open_socket(product.stack.ws_url) as socket:
        hello = receive(socket)
    assert set(hello) == {"type", "protocol", "feed", "epoch", "last_seq", "reset", "items", "stats", "status"}
    assert (hello["protocol"], hello["feed"], hello["reset"]) == (1, "demo", False)
    assert hello["epoch"].replace("-", "").replace("_", "").isalnum()
    assert [item["seq"] for item in hello["items"]] == list(range(hello["last_seq"] - 2, hello["last_seq"] + 1))
    assert all(set(item) == {"seq", "invoice"} and set(item["invoice"]) >= INVOICE for item in hello["items"])
    assert set(hello["stats"]) == STATS
    assert hello["stats"] | {"source": ""} == product.stats() | {"source": ""}
    status = hello["status"]
    assert {"feed", "state", "run", "display", "processes", "services"} <= set(status)
    assert status["state"] == "idle"
    assert set(status["run"]) >= RUN
    assert set(status["display"]) >= DISPLAY
    assert all(set(process) >= PROCESS for process in status["processes"])
    names = {"web", "worker", "jobs", "beat", "pacer", "loops", "flower", "postgres", "redis"}
    assert names == {process["name"] for process in status["processes"]}
    assert status["services"] == {"postgres": "up", "redis": "up"}


def test_the_live_feed_says_hello_for_itself(product: Product) -> None:
    with open_socket(product.stack.ws_url, feed="live") as socket:
        hello = receive(socket)
    assert (hello["feed"], hello["stats"]["feed"], hello["status"]["feed"]) == ("live", "live", "live")
    assert hello["status"]["run"] is None


@pytest.mark.parametrize("last_seq", ["", "x", "-1", "1.5", "1e3", "٣", "9" * 30, "0x10", " 1", "+1", "NaN"])
def test_an_invalid_sequence_number_starts_again(product: Product, last_seq: str) -> None:
    with open_socket(product.stack.ws_url) as socket:
        epoch = receive(socket)["epoch"]
    with open_socket(product.stack.ws_url, last_seq=last_seq, epoch=epoch) as socket:
        assert receive(socket)["reset"] is True


def test_an_idle_feed_repeats_its_status(socket: ClientConnection) -> None:
    received = 0
    # The first may be early: what was due before the socket opened is sent at once.
    while received < 3:
        frame = receive(socket)
        if frame["type"] == "status":
            assert frame["status"]["state"] == "idle"
            received += 1


# -- what it answers ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("ping", ['{"type": "ping"}', '{"type":"ping","at":1}', ' {"type" : "ping"} '])
def test_a_ping_gets_its_pong(socket: ClientConnection, ping: str) -> None:
    for _ in range(3):
        socket.send(ping)
        assert receive_answer(socket) == {"type": "pong"}


@pytest.mark.parametrize(
    "frame",
    [
        "", "hello", "[]", "null", "0", '"ping"', '{"type": "pong"}', '{"type": ["ping"]}', '{"type": "ping"', "{}",
        '{"type": "subscribe", "feed": "live"}', "[" * 4000, '{"type": "ping\\u0000"}', b'{"type": "ping"}', b"", b"\xff\xfe",
    ],
    ids=lambda frame: repr(frame)[:30],
)  # fmt: skip
def test_anything_else_is_not_understood(socket: ClientConnection, frame: str | bytes) -> None:
    socket.send(frame)
    answer = receive_answer(socket)
    assert answer["type"] == "error"
    assert answer["detail"]
    assert close_code(socket) == 4400


def padded_ping(size: int) -> str:
    empty = '{"type":"ping","x":""}'
    return empty[:-2] + "x" * (size - len(empty)) + empty[-2:]


def test_a_frame_of_four_kibibytes_is_taken(socket: ClientConnection) -> None:
    socket.send(padded_ping(LARGEST_FRAME))
    assert receive_answer(socket) == {"type": "pong"}


@pytest.mark.parametrize(
    "frame",
    [
        padded_ping(LARGEST_FRAME + 1), padded_ping(5 * 1024), b"x" * 5 * 1024, "é" * 2049, "[" * 100_000,
    ],
    ids=["a byte too large", "5 KiB", "5 KiB binary", "two bytes a letter", "100,000 deep"],
)  # fmt: skip
def test_a_larger_frame_is_refused(socket: ClientConnection, frame: str | bytes) -> None:
    socket.send(frame)
    answer = receive_answer(socket)
    assert answer["type"] == "error"
    assert close_code(socket) == 4409


def test_many_bad_frames_at_once_end_it_once(product: Product, socket: ClientConnection) -> None:
    with contextlib.suppress(ConnectionClosed):
        for _ in range(200):
            socket.send("nonsense")
    assert receive_answer(socket)["type"] == "error"
    assert close_code(socket) == 4400
    with open_socket(product.stack.ws_url) as other:
        assert receive(other)["type"] == "hello"


def test_an_enormous_frame_ends_the_connection_and_nothing_else(product: Product, socket: ClientConnection) -> None:
    before = product.stack.entry("web")["restarts"]
    with contextlib.suppress(ConnectionClosed):
        socket.send(b"x" * 3 * 1024 * 1024)
    close_code(socket)
    assert product.status()["state"] == "idle"
    assert product.stack.entry("web")["restarts"] == before


# -- who may open it ---------------------------------------------------------------------------------------------------


def test_no_origin_at_all_is_admitted_and_so_is_our_own(product: Product) -> None:
    for headers in (None, {"Origin": product.stack.url}):
        with open_socket(product.stack.ws_url, headers=headers) as socket:
            assert receive(socket)["type"] == "hello"


@pytest.mark.parametrize(
    "origin",
    [
        "null", "http://evil.example", "https://evil.example", "http://127.0.0.1", "http://127.0.0.1:1", "http://localhost:{port}",
        "http://127.0.0.1.evil.example:{port}", "http://evil.example#127.0.0.1:{port}", "http://127.0.0.1:{port}@evil.example",
        "file://", "javascript://127.0.0.1:{port}",
    ],
)  # fmt: skip
def test_another_sites_origin_is_refused_before_accept(product: Product, origin: str) -> None:
    headers = {"Origin": origin.format(port=product.stack.port)}
    assert refusal(product.stack.ws_url, headers) == 403


@pytest.mark.parametrize(
    "origin",
    [
        "",
        "http://",
        "http://[::1",
        "http://127.0.0.1:{port}x",
        "http://127.0.0.1:99999999",
        "https://127.0.0.1:{port}.x",
    ],
)
def test_an_origin_that_is_none_is_refused_before_accept(product: Product, origin: str) -> None:
    headers = {"Origin": origin.format(port=product.stack.port)}
    assert refusal(product.stack.ws_url, headers) in (400, 403)


def test_a_page_under_a_name_of_its_own_is_refused(product: Product) -> None:
    """DNS that is pointed at this machine makes another site's page look like ours, but for the host it names."""
    port = product.stack.port
    url = product.stack.ws_url.replace("127.0.0.1", "evil.example")
    for headers in ({"Origin": f"http://evil.example:{port}"}, {}):
        assert refusal(url, headers, port=port) == 403


@pytest.mark.parametrize("feed", ["nothing", "", "DEMO", "demo,live", "demo\x00", "../demo"])
def test_an_unknown_feed_is_refused(product: Product, feed: str) -> None:
    assert refusal(product.stack.ws_url, feed=feed) in (403, 404)


@pytest.mark.parametrize("path", ["/ws/", "/ws/dashboard", "/ws/dashboard/x", "/", "/api/stats", "/ws/%64ashboardx/"])
def test_an_unknown_path_is_refused(product: Product, path: str) -> None:
    assert refusal(product.stack.ws_url.replace("/ws/dashboard/", path)) in (403, 404)

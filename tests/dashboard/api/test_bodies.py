"""Limits of the size of a body and the time of an answer, at the ASGI boundary and through the real server."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import AsyncIterator, Iterator
from typing import Any

import httpx
import pytest

from runtime import limits
from runtime.limits import JSON_BYTES, limit_http
from tests.dashboard.api.caller import check
from tests.stack import Stack
from tests.waiting import HANG_SECONDS

STOP = "/api/control/stop"


def refused(answer: httpx.Response) -> bool:
    check(answer.status_code, answer.headers["Content-Type"], answer.json())
    return answer.status_code == 413


@pytest.mark.parametrize("path", ["/api/control/start", STOP, "/api/feed", "/api/nope", "/api/stats"])
def test_a_declared_body_over_the_limit_is_413(stack: Stack, path: str) -> None:
    assert refused(httpx.put(stack.url + path, content=b"x" * (JSON_BYTES + 1), timeout=HANG_SECONDS))


def test_a_chunked_body_over_the_limit_is_413(stack: Stack) -> None:
    assert refused(httpx.post(stack.url + STOP, content=chunks(JSON_BYTES // 1000 + 1), timeout=HANG_SECONDS))


@pytest.mark.parametrize("size", [JSON_BYTES - 2, JSON_BYTES])
def test_a_body_at_the_limit_is_read(stack: Stack, size: int) -> None:
    body = b"{" + b" " * (size - 2) + b"}"
    answer = httpx.put(f"{stack.url}/api/feed", content=body, timeout=HANG_SECONDS)
    assert answer.status_code == 200


def test_the_server_goes_on_after_a_refusal(stack: Stack) -> None:
    with httpx.Client(base_url=stack.url, timeout=HANG_SECONDS) as client:
        for _ in range(3):
            assert refused(client.post(STOP, content=b"x" * (JSON_BYTES * 4)))
            assert client.get("/api/stats").status_code == 200


def test_a_declared_length_of_any_size_is_refused_before_a_byte_is_read() -> None:
    for length in (str(JSON_BYTES + 1), "9" * 30):
        answer = call(never_called, headers={"Content-Length": length}, content=None)
        assert refused(answer)


def test_a_body_that_turns_out_too_large_never_reaches_the_application() -> None:
    assert refused(call(echo, content=achunks(300)))


def test_who_does_not_answer_in_time_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "ANSWER_SECONDS", 0.05)
    answer = call(silent, content=b"")
    assert answer.status_code == 503
    assert answer.json()["services"] == {"postgres": "down"}


def test_a_page_that_is_not_there_in_time_tries_again_by_itself(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "ANSWER_SECONDS", 0.05)
    answer = call(silent, content=b"", path="/wall/")
    assert (answer.status_code, answer.headers["Content-Type"]) == (503, "text/html; charset=utf-8")
    assert "retry.js" in answer.text


def test_an_answer_that_has_begun_may_take_its_time(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "ANSWER_SECONDS", 1.0)
    assert call(slow_stream, content=b"").text == "ab"


def test_a_slow_caller_gets_no_answer_about_the_database(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "ANSWER_SECONDS", 1.0)
    answer = call(echo, content=dribble())
    assert (answer.status_code, answer.text) == (200, "12345")


@pytest.mark.parametrize("path", [STOP, "/admin/"], ids=["with a limit of time", "without one"])
def test_a_request_that_the_server_gives_up_ends_by_a_disconnect_and_is_not_cancelled(path: str) -> None:
    assert asyncio.run(give_up(path)) == ["http.request", "http.disconnect"]


async def give_up(path: str) -> list[str]:
    """What an application receives when the server cancels its request."""
    received: list[str] = []
    ended = asyncio.Event()

    async def application(scope: Any, receive: Any, send: Any) -> None:
        try:
            while "http.disconnect" not in received:
                received.append((await receive())["type"])
        except asyncio.CancelledError:
            received.append("cancelled")
        ended.set()

    body = asyncio.Queue[Any]()
    body.put_nowait({"type": "http.request", "body": b"", "more_body": False})
    scope = {"type": "http", "method": "GET", "path": path, "headers": []}
    request = asyncio.ensure_future(limit_http(application)(scope, body.get, None))
    async with asyncio.timeout(30):
        while not received:
            await asyncio.sleep(0)
        request.cancel()
        await ended.wait()
    return received


def test_a_request_that_is_not_http_is_refused_by_the_server(stack: Stack) -> None:
    port = stack.port
    for bytes_sent in (b"\x16\x03\x01\x02\x00\x01\x00", b"GET / HTTP/1.1\r\nHost: x\r\nContent-Length: -5\r\n\r\n"):
        with socket.create_connection(("127.0.0.1", port), timeout=HANG_SECONDS) as connection:
            connection.sendall(bytes_sent)
            connection.shutdown(socket.SHUT_WR)
            assert b" 500 " not in connection.recv(65536)[:20]
    assert stack.get("/healthz")[0] == 200


def call(application: Any, *, content: Any, headers: dict[str, str] | None = None, path: str = STOP) -> httpx.Response:
    """The answer of `application` behind the limits to a POST."""

    async def post() -> httpx.Response:
        transport = httpx.ASGITransport(limit_http(application))
        async with httpx.AsyncClient(transport=transport, base_url="http://limits") as client:
            return await client.post(path, content=content, headers=headers)

    return asyncio.run(post())


async def never_called(scope: Any, receive: Any, send: Any) -> None:
    raise AssertionError("the application was called")


async def echo(scope: Any, receive: Any, send: Any) -> None:
    """Answers with the body; goes without a word when the caller does, as Django."""
    body, message = b"", {"more_body": True}
    while message.get("more_body"):
        message = await receive()
        if message["type"] == "http.disconnect":
            return
        body += message["body"]
    await send({"type": "http.response.start", "status": 200, "headers": []})
    await send({"type": "http.response.body", "body": body})


async def silent(scope: Any, receive: Any, send: Any) -> None:
    while (await receive()).get("more_body"):
        pass
    await asyncio.Event().wait()


async def slow_stream(scope: Any, receive: Any, send: Any) -> None:
    await send({"type": "http.response.start", "status": 200, "headers": []})
    await send({"type": "http.response.body", "body": b"a", "more_body": True})
    await asyncio.sleep(limits.ANSWER_SECONDS * 1.5)
    await send({"type": "http.response.body", "body": b"b"})


def chunks(count: int) -> Iterator[bytes]:
    """A body of unknown length, `count` times 1,000 bytes."""
    yield from (b" " * 1000 for _ in range(count))


async def achunks(count: int) -> AsyncIterator[bytes]:
    for chunk in chunks(count):
        yield chunk


async def dribble() -> AsyncIterator[bytes]:
    for digit in b"12345":
        await asyncio.sleep(limits.ANSWER_SECONDS / 4)
        yield bytes([digit])

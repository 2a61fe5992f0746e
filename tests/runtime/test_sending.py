"""A client that does not read is closed after a time limit, and a slow client slows only its own sender."""

from __future__ import annotations

import asyncio
from types import SimpleNamespace
from typing import Any

import pytest

from runtime import sending
from runtime.daphne_checks import check_limits, wait_until_read
from runtime.daphne_requests import CutRequest
from runtime.daphne_server import DrainingServer
from runtime.sending import ReaderStalled, bound_sending


async def application(scope: Any, receive: Any, send: Any) -> None:
    await send({"type": "http.response.start", "status": 200, "headers": []})
    await send({"type": "http.response.body", "body": b"a", "more_body": True})
    await send({"type": "http.response.body", "body": b"b"})


async def taken(blocked_at: int) -> list[str]:
    """The types of the messages sent to a client that reads nothing from message `blocked_at` on."""
    sent: list[str] = []

    async def send(message: Any) -> None:
        if len(sent) == blocked_at:
            await asyncio.Event().wait()
        sent.append(message["type"])

    with pytest.raises(ReaderStalled, match="/file: the client read nothing"):
        await bound_sending(application)({"path": "/file"}, None, send)
    return sent


@pytest.mark.parametrize("blocked_at", [0, 1, 2])
def test_a_client_that_takes_nothing_breaks_its_answer_off(blocked_at: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sending, "SEND_SECONDS", 0.01)
    assert len(asyncio.run(taken(blocked_at))) == blocked_at


def begun() -> CutRequest:
    # After Daphne, which chooses Twisted's reactor.
    from twisted.web.test.requesthelper import DummyChannel

    channel: Any = DummyChannel()  # type: ignore[no-untyped-call]
    server = DrainingServer(application=None, endpoints=["none"])
    channel.factory = SimpleNamespace(server=server, log=lambda request: None)
    request = CutRequest(channel, queued=False)
    request.method, request.uri, request.clientproto = b"GET", b"/file", b"HTTP/1.1"
    return request


@pytest.mark.parametrize("freed_by", ["resumeProducing", "stopProducing", "connectionLost"])
def test_a_sender_waits_until_the_client_has_taken_enough_or_is_gone(freed_by: str) -> None:
    async def run() -> list[bool]:
        request = begun()
        request.pauseProducing()
        waiting = asyncio.ensure_future(wait_until_read(request, {"type": "http.response.body"}))
        await asyncio.sleep(0)
        before = waiting.done()
        getattr(request, freed_by)(*([None] if freed_by == "connectionLost" else []))
        await waiting
        return [before, waiting.done()]

    assert asyncio.run(run()) == [False, True]


def test_an_application_that_fails_after_its_answer_has_ended_changes_nothing() -> None:
    request = begun()
    request.handle_reply({"type": "http.response.start", "status": 200, "headers": []})
    request.handle_reply({"type": "http.response.body", "body": b"whole"})
    request.handle_exception(RuntimeError("too late"))
    request.handle_reply({"type": "http.response.start", "status": 500, "headers": []})
    assert request.finished


def test_an_answer_that_has_begun_has_no_time_limit_as_a_whole() -> None:
    request = begun()
    request.server.http_timeout = 0
    request.handle_reply({"type": "http.response.start", "status": 200, "headers": []})
    check_limits(request, {})
    assert not request.finished
    request.handle_reply({"type": "http.response.body", "body": b"whole"})
    assert request.finished

"""A client that takes nothing is not waited for for ever, and one that is slow slows its sender down."""

from __future__ import annotations

import asyncio
from types import SimpleNamespace
from typing import Any

import pytest
from twisted.web.test.requesthelper import DummyChannel

from web import sending
from web.daphne_requests import CutRequest, wait_until_writable
from web.sending import ReaderStalled, bound_sending


async def application(scope: Any, receive: Any, send: Any) -> None:
    await send({"type": "http.response.start", "status": 200, "headers": []})
    await send({"type": "http.response.body", "body": b"a", "more_body": True})
    await send({"type": "http.response.body", "body": b"b"})


async def taken(blocked_at: int) -> list[str]:
    """What is sent to a client that takes nothing from its message `blocked_at` on."""
    sent: list[str] = []

    async def send(message: Any) -> None:
        if len(sent) == blocked_at:
            await asyncio.Event().wait()
        sent.append(message["type"])

    with pytest.raises(ReaderStalled, match="/file: the client took nothing"):
        await bound_sending(application)({"path": "/file"}, None, send)
    return sent


@pytest.mark.parametrize("blocked_at", [0, 1, 2])
def test_a_client_that_takes_nothing_breaks_its_answer_off(blocked_at: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sending, "SEND_SECONDS", 0.01)
    assert len(asyncio.run(taken(blocked_at))) == blocked_at


class Server:
    """What a request reports its beginning and its end to."""

    def protocol_connected(self, protocol: Any) -> None: ...

    def protocol_disconnected(self, protocol: Any) -> None: ...


def begun() -> CutRequest:
    channel: Any = DummyChannel()  # type: ignore[no-untyped-call]
    channel.factory = SimpleNamespace(server=Server())
    return CutRequest(channel, queued=False)


@pytest.mark.parametrize("freed_by", ["resumeProducing", "stopProducing", "connectionLost"])
def test_a_sender_waits_until_the_client_has_taken_enough_or_is_gone(freed_by: str) -> None:
    async def run() -> list[bool]:
        request = begun()
        request.pauseProducing()
        waiting = asyncio.ensure_future(wait_until_writable(request))
        await asyncio.sleep(0)
        before = waiting.done()
        getattr(request, freed_by)(*([None] if freed_by == "connectionLost" else []))
        await waiting
        return [before, waiting.done()]

    assert asyncio.run(run()) == [False, True]

"""An error of one connection ends that connection, and Daphne's checks of all others continue."""

from __future__ import annotations

import asyncio
import time
from typing import Any

import pytest

from runtime.daphne_checks import check_application
from runtime.daphne_server import DrainingServer


class Transport:
    """A transport that writes down that it was cut."""

    is_cut = False

    def abortConnection(self) -> None:
        self.is_cut = True


class Connection:
    """A connection that counts how often it is looked at, and fails each time when it is broken."""

    def __init__(self, *, is_broken: bool = False) -> None:
        self.transport = Transport()
        self.look_count = 0
        self._is_broken = is_broken

    def check_timeouts(self) -> None:
        self.look_count += 1
        if self._is_broken:
            raise RuntimeError("Request.finish called on a request after its connection was lost")

    def handle_exception(self, error: BaseException) -> None:
        raise ValueError("HTTP response has already been started")


async def test_a_connection_that_fails_its_check_is_cut_and_the_checks_of_others_continue(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("runtime.daphne_server.CHECK_SECONDS", 0.01)
    broken, sound = Connection(is_broken=True), Connection()
    server = DrainingServer(application=None, endpoints=["none"])
    server.connections = {broken: {}, sound: {}}
    server.timeout_checker()
    await wait_until(lambda: sound.look_count > 5)
    server.stop_checks()
    assert broken.transport.is_cut
    assert not sound.transport.is_cut


async def test_an_application_that_fails_after_its_answer_began_is_cut_and_the_others_are_reaped(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("runtime.daphne_server.APPLICATION_SECONDS", 0.01)
    monkeypatch.setattr("runtime.daphne_server.watch_event_loop", lambda: None)
    server = DrainingServer(application=None, endpoints=["none"])
    failing, gone = Connection(), Connection()
    server.connections = {
        failing: {"application_instance": asyncio.ensure_future(fail())},
        gone: {"disconnected": time.time(), "application_instance": asyncio.ensure_future(asyncio.sleep(0.1))},
    }
    server.application_checker()
    await wait_until(lambda: failing.transport.is_cut and gone not in server.connections)
    server.stop_checks()


async def test_an_application_whose_client_has_gone_is_ended_after_a_while() -> None:
    waiting = asyncio.ensure_future(asyncio.Event().wait())
    details: dict[str, Any] = {"disconnected": time.time() - 5, "application_instance": waiting}
    assert not check_application(Connection(), details, 2)
    await asyncio.wait([waiting])
    assert check_application(Connection(), details, 2)


async def fail() -> None:
    raise RuntimeError("the process that makes the file has ended")


async def wait_until(condition: Any) -> None:
    async with asyncio.timeout(60):
        while not condition():
            await asyncio.sleep(0.01)

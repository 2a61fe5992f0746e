"""A WebSocket client that sends pings and reads nothing is cut, and uses only a bounded buffer.

The cut takes half a minute, so the clients of both servers ping at the same time, and each test looks at some of them.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, closing
from dataclasses import dataclass

import httpx
import pytest

from tests.dashboard.api.test_outage import web_process
from tests.system.ops.pinger import MESSAGES, MOST_TAKEN, PROTOCOL_PINGS, Pinger
from tests.system.ops.wired import database_url
from tests.waiting import HANG_SECONDS

# The receive buffer with the kernel's own overhead.
MOST_AHEAD = 131_072
pytestmark = pytest.mark.django_db(transaction=True)


@dataclass(frozen=True)
class Kind:
    """What that many clients do until they are cut."""

    ping: bytes
    send: Callable[[Pinger], None]
    clients: int
    pause_seconds: float


# Sending does not prove that a client reads.
SLOW = {
    "slow pings of the protocol": Kind(PROTOCOL_PINGS, Pinger.send_one, 1, 1.0),
    "slow messages": Kind(MESSAGES, Pinger.send_one, 1, 1.0),
}
FAST = {
    "pings of the protocol": Kind(PROTOCOL_PINGS, Pinger.send, 10, 0.1),
    "messages": Kind(MESSAGES, Pinger.send, 10, 0.1),
}
KINDS = SLOW | FAST
Pingers = dict[tuple[str, str], list[Pinger]]
on_each_server = pytest.mark.parametrize("server", ["daphne", "uvicorn"])


@pytest.fixture(scope="module")
def webs(tmp_path_factory: pytest.TempPathFactory, django_db_setup: None) -> Iterator[dict[str, httpx.Client]]:
    """A web process on each server."""
    with ExitStack() as started:
        yield {
            server: started.enter_context(
                web_process(database_url(), tmp_path_factory.mktemp(server), WEB_SERVER=server)
            )
            for server in ("daphne", "uvicorn")
        }


@pytest.fixture(scope="module")
def pingers(webs: dict[str, httpx.Client]) -> Iterator[Pingers]:
    """The clients of each server and kind, after they have pinged until they were cut."""
    with ExitStack() as opened, ThreadPoolExecutor(len(webs) * len(KINDS)) as threads:
        made = {(server, name): open_pingers(webs[server], KINDS[name], opened) for server in webs for name in KINDS}
        list(threads.map(lambda key: ping_until_cut(made[key], KINDS[key[1]]), made))
        yield made


def open_pingers(web: httpx.Client, kind: Kind, opened: ExitStack) -> list[Pinger]:
    port = web.base_url.port
    assert port is not None
    return [opened.enter_context(closing(Pinger(port, kind.ping))) for _ in range(kind.clients)]


def ping_until_cut(pingers: list[Pinger], kind: Kind) -> None:
    deadline = time.monotonic() + HANG_SECONDS
    while not all(pinger.is_cut for pinger in pingers) and time.monotonic() < deadline:
        for pinger in pingers:
            kind.send(pinger)
        time.sleep(kind.pause_seconds)


@on_each_server
@pytest.mark.parametrize("kind", SLOW)
def test_clients_that_ping_now_and_then_and_never_read_are_cut(pingers: Pingers, server: str, kind: str) -> None:
    assert all(pinger.is_cut for pinger in pingers[server, kind])


@on_each_server
@pytest.mark.parametrize("kind", FAST)
def test_ten_clients_that_ping_and_never_read_are_cut_at_a_bounded_cost(
    webs: dict[str, httpx.Client], pingers: Pingers, server: str, kind: str
) -> None:
    assert [pinger.sent for pinger in pingers[server, kind] if pinger.sent > MOST_TAKEN] == []
    assert all(pinger.is_cut for pinger in pingers[server, kind])
    assert webs[server].get("/healthz").status_code == 200


def test_the_kernel_keeps_little_of_what_a_client_sends_ahead_to_uvicorn(pingers: Pingers) -> None:
    """It would be read in one turn of the event loop, which then does nothing else."""
    assert max(pinger.ahead for kind in FAST for pinger in pingers["uvicorn", kind]) <= MOST_AHEAD

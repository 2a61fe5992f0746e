"""A WebSocket client that sends pings and reads nothing is cut, and uses only a bounded buffer."""

from __future__ import annotations

import time
from collections.abc import Iterator

import httpx
import pytest

from tests.dashboard.api.test_outage import web_process
from tests.system.ops.pinger import MESSAGES, MOST_TAKEN, PROTOCOL_PINGS, Pinger
from tests.system.ops.wired import database_url
from tests.waiting import HANG_SECONDS

pytestmark = pytest.mark.django_db(transaction=True)
CLIENTS = 10
# Only to end a hang.
PATIENCE = HANG_SECONDS


@pytest.fixture(scope="module", params=["daphne", "uvicorn"])
def web(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory, django_db_setup: None
) -> Iterator[httpx.Client]:
    with web_process(database_url(), tmp_path_factory.mktemp("unread"), WEB_SERVER=request.param) as client:
        yield client


def test_clients_that_ping_now_and_then_and_never_read_are_cut(web: httpx.Client) -> None:
    """Sending does not prove that the client reads."""
    port = web.base_url.port
    assert port is not None
    pingers = [Pinger(port, ping) for ping in (PROTOCOL_PINGS, MESSAGES)]
    deadline = time.monotonic() + PATIENCE
    while not all(pinger.is_cut for pinger in pingers) and time.monotonic() < deadline:
        for pinger in pingers:
            pinger.send_one()
        time.sleep(1)
    assert all(pinger.is_cut for pinger in pingers)


@pytest.mark.parametrize("ping", [PROTOCOL_PINGS, MESSAGES], ids=["pings of the protocol", "messages"])
def test_ten_clients_that_ping_and_never_read_are_cut_at_a_bounded_cost(web: httpx.Client, ping: bytes) -> None:
    port = web.base_url.port
    assert port is not None
    pingers = [Pinger(port, ping) for _ in range(CLIENTS)]
    deadline = time.monotonic() + PATIENCE
    while not all(pinger.is_cut for pinger in pingers) and time.monotonic() < deadline:
        for pinger in pingers:
            pinger.send()
        time.sleep(0.05)
    assert [pinger.sent for pinger in pingers if pinger.sent > MOST_TAKEN] == []
    assert all(pinger.is_cut for pinger in pingers)
    assert web.get("/healthz").status_code == 200

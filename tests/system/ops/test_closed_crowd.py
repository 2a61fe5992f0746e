"""Many viewers connect at once to a closed product: a rights check without an answer is not a refusal."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import httpx
import pytest
from websockets.exceptions import ConnectionClosed, InvalidStatus
from websockets.sync.client import connect

from tests.system.live.dashboard import OPTIONS
from tests.system.ops.wired import ThreadedWire, wired_web
from tests.waiting import wait_for

pytestmark = pytest.mark.django_db(transaction=True)
CROWD = 60
TRY_AGAIN = 4503
# Only to end a hang.
PATIENCE = 90.0


@pytest.fixture(params=["daphne", "uvicorn"])
def web(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[tuple[httpx.Client, ThreadedWire]]:
    with wired_web(tmp_path, WEB_SERVER=request.param, INVOICEDASH_OPEN="0") as both:
        yield both


def test_a_crowd_of_valid_viewers_is_let_in_or_asked_to_try_again(
    web: tuple[httpx.Client, ThreadedWire], viewer: str
) -> None:
    client, wire = web
    wait_for(lambda: client.get("/readyz").status_code == 200, "the web process to be ready")
    wire.set("late")
    slow = crowd(client, viewer)
    assert set(slow) <= {"hello", TRY_AGAIN}
    assert TRY_AGAIN in slow
    wire.set("pass")
    wait_for(lambda: set(crowd(client, viewer)) == {"hello"}, "everybody to be let in")
    assert outcome(client, "an unknown token") == 403


def crowd(client: httpx.Client, token: str) -> list[str | int]:
    with ThreadPoolExecutor(CROWD) as viewers:
        return list(viewers.map(lambda _: outcome(client, token), range(CROWD)))


def outcome(client: httpx.Client, token: str) -> str | int:
    """`hello`, the status of a refused handshake, or the code of a close."""
    headers = {"Authorization": f"Bearer {token}"}
    address = f"ws://127.0.0.1:{client.base_url.port}/ws/dashboard/"
    try:
        with connect(address, additional_headers=headers, open_timeout=PATIENCE, **OPTIONS) as opened:
            opened.recv(timeout=PATIENCE)
            return "hello"
    except InvalidStatus as error:
        return error.response.status_code
    except ConnectionClosed as error:
        return error.rcvd.code if error.rcvd else 1006

"""Many viewers connect at once to a closed product: a rights check without an answer is not a refusal."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from tests.system.ops.handshakes import TRY_AGAIN, crowd, outcome
from tests.system.ops.wired import ThreadedWire, wired_web
from tests.waiting import wait_for

pytestmark = pytest.mark.django_db(transaction=True)
CROWD = 60


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
    port = client.base_url.port
    assert port is not None
    slow = crowd(port, viewer, CROWD)
    assert set(slow) <= {"hello", TRY_AGAIN}
    assert TRY_AGAIN in slow
    wire.set("pass")
    wait_for(lambda: set(crowd(port, viewer, CROWD)) == {"hello"}, "everybody to be let in")
    assert outcome(port, "an unknown token") == 403

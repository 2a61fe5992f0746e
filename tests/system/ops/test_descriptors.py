"""A web process with few file descriptors rejects WebSockets with a code and continues to answer HTTP."""

from __future__ import annotations

import contextlib
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from websockets.exceptions import ConnectionClosed
from websockets.sync.client import ClientConnection, connect

from runtime.descriptors import RESERVE
from tests.dashboard.api.test_outage import web_process
from tests.system.live.dashboard import OPTIONS
from tests.system.ops.wired import database_url
from tests.waiting import HANG_SECONDS, wait_for

pytestmark = pytest.mark.django_db(transaction=True)
LIMIT, SOCKETS = 400, 500
TRY_AGAIN = 4503


@pytest.fixture(params=["daphne", "uvicorn"])
def web(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[httpx.Client]:
    """A web process whose hard limit is `LIMIT`."""
    with web_process(database_url(), tmp_path, descriptors=LIMIT, WEB_SERVER=request.param) as client:
        yield client


def test_more_sockets_than_descriptors_leave_http_answering(web: httpx.Client) -> None:
    with contextlib.ExitStack() as opened:
        outcomes = [open_one(web, opened) for _ in range(SOCKETS)]
        assert set(outcomes) == {None, TRY_AGAIN}
        admitted = outcomes.count(None)
        assert admitted <= LIMIT - min(RESERVE, LIMIT // 4)
        with httpx.Client(base_url=web.base_url, timeout=HANG_SECONDS) as fresh:
            assert fresh.get("/api/stats").status_code == 200
            assert metric(fresh, "invoicedash_descriptors_max") == LIMIT
            assert metric(fresh, "invoicedash_websockets_refused_total") == SOCKETS - admitted
    wait_for(lambda: is_let_in(web), "those that have gone to make room for others")


def test_a_process_raises_its_soft_limit_to_the_hard_one() -> None:
    program = (
        "import resource as r; from runtime import descriptors;"
        " r.setrlimit(r.RLIMIT_NOFILE, (256, 900)); descriptors.raise_limit(); print(descriptors.limit())"
    )
    ran = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert ran.stdout == "900\n"


def is_let_in(web: httpx.Client) -> bool:
    with contextlib.ExitStack() as opened:
        return open_one(web, opened) is None


def open_one(web: httpx.Client, opened: contextlib.ExitStack) -> int | None:
    """Open a dashboard; the code with which it was closed at once, or None when it got its hello."""
    address = f"ws://127.0.0.1:{web.base_url.port}/ws/dashboard/"
    connection: ClientConnection = opened.enter_context(connect(address, open_timeout=HANG_SECONDS, **OPTIONS))
    try:
        connection.recv(timeout=HANG_SECONDS)
    except ConnectionClosed as error:
        return error.rcvd.code if error.rcvd and "try again" in error.rcvd.reason else 1006
    return None


def metric(client: httpx.Client, name: str) -> float:
    found = re.search(rf"^{name} ([\d.]+)", client.get("/metrics").text, re.MULTILINE)
    assert found, name
    return float(found[1])

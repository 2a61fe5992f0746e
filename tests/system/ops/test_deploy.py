"""Two web processes behind the nginx of the deployment are replaced one after the other, in the middle of a run."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from runtime.shutdown import GOING_AWAY
from tests.repo.edge import Edge
from tests.stack import Stack
from tests.system.live.dashboard import Dashboard
from tests.system.live.product import Product
from tests.system.ops.web import Load, WebProcess
from tests.waiting import wait_for

CALLS = (
    ("GET", "/api/stats", b""),
    ("GET", "/", b""),
    ("PUT", "/api/feed", b'{"mode": "every"}'),
    ("GET", "/api/invoices?limit=5", b""),
    # One runs already: a refusal of ours.
    ("POST", "/api/control/start", b'{"rate_per_second": 1, "duration_seconds": 1}'),
)
SCREENS = 4
RATE = 20


@pytest.fixture
def webs(stack: Stack) -> Iterator[list[WebProcess]]:
    with ExitStack() as opened:
        yield [opened.enter_context(WebProcess(stack)) for _ in range(2)]


def test_a_deploy_drops_no_request_and_loses_no_frame(stack: Stack, webs: list[WebProcess], tmp_path: Path) -> None:
    product = Product(stack)
    product.clear(rate=RATE)
    with Edge(tmp_path, [web.port for web in webs]) as edge, ExitStack() as opened:
        address = f"ws://127.0.0.1:{edge.port}/ws/dashboard/"
        screens = [opened.enter_context(Dashboard(address)) for _ in range(SCREENS)]
        product.start(rate=RATE, seconds=1000)
        with Load(edge.url, CALLS) as load:
            for web in webs:
                seen = len(screens[0].sequence())
                wait_for(lambda seen=seen: len(screens[0].sequence()) > seen, "rows to go on")  # type: ignore[misc]
                web.ask_to_stop()
                web.wait()
                web.start()
        product.stop()
        product.wait_until_idle()
        issued = numbers(product)
        for screen in screens:
            screen.wait(lambda screen=screen: len(screen.numbers()) >= len(issued), "the last row")  # type: ignore[misc]
    assert load.dropped == []
    assert set(load.answers) - {503} == {200, 409}
    # A slow machine reaches the limit of an answer, which the log says each time. A stop leads to no 503.
    assert load.answers.get(503, 0) == sum(web.output().count("No answer to") for web in webs)
    assert all(screen.numbers() == issued for screen in screens)
    assert all(screen.sequence() == sorted(set(screen.sequence())) for screen in screens)
    assert {code for screen in screens for code in screen.close_codes} >= {GOING_AWAY}
    assert product.audit()["ok"]


def numbers(product: Product) -> list[str]:
    """The number of each invoice of the run, oldest first."""
    found, page = [], product.do("GET", "/api/invoices?limit=200")
    while True:
        found += [invoice["invoice_number"] for invoice in page["items"]]
        if page["next"] is None:
            return found[::-1]
        page = product.do("GET", f"/api/invoices?limit=200&cursor={page['next']}")

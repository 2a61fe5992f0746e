"""The effect of an operator's action is in the database when the answer arrives, and on every screen a moment later."""

from __future__ import annotations

import time
from collections.abc import Iterator
from itertools import pairwise

import pytest

from tests.streaming.ledger import SMALLEST_GAP, largest_excess
from tests.system.live.dashboard import Dashboard
from tests.system.live.product import Json, Product
from tests.waiting import wait_for

NOTHING_MORE_SECONDS = 1.5


@pytest.fixture
def dashboards(empty_product: Product) -> Iterator[tuple[Dashboard, Dashboard]]:
    """Two open dashboards on the emptied product."""
    with empty_product.dashboard() as one, empty_product.dashboard() as other:
        yield one, other


def wait_until_issued(product: Product, count: int) -> None:
    wait_for(lambda: product.invoice_count() >= count, f"{count} invoices")


def is_conserved(status: Json) -> bool:
    display = status["display"]
    return bool(display["announced_count"] == display["shown_count"] + display["skipped_count"] + display["backlog"])


def test_stop_is_final_when_it_answers_and_what_is_queued_is_still_shown(
    empty_product: Product, dashboards: tuple[Dashboard, Dashboard]
) -> None:
    product = empty_product
    # Slower than any machine issues, so that most are still queued.
    product.set_pace(0.5)
    product.start(rate=50, seconds=60)
    wait_until_issued(product, 40)
    stopped = product.stop()
    issued = product.invoice_count()
    assert stopped["state"] == "draining"
    assert stopped["run"]["state"] == "stopped"
    assert stopped["run"]["issued_count"] == issued
    assert product.stats()["invoice_count"] == issued
    assert product.call("POST", "/api/control/stop").status == 409
    deadline = time.monotonic() + NOTHING_MORE_SECONDS
    wait_for(lambda: product.invoice_count() != issued or time.monotonic() > deadline, "nothing to happen")
    assert product.invoice_count() == issued
    product.set_pace(50)
    assert product.wait_until_idle()["display"]["backlog"] == 0
    for dashboard in dashboards:
        wait_for(lambda dashboard=dashboard: len(dashboard.screen.rows) == issued, "every row on screen")  # type: ignore[misc]
        wait_for(lambda dashboard=dashboard: dashboard.screen.status["state"] == "idle", "idle on screen")  # type: ignore[misc]


def test_a_run_can_start_while_the_one_before_is_still_shown(empty_product: Product) -> None:
    product = empty_product
    product.start(rate=20, seconds=1)
    assert product.call("POST", "/api/control/start", {}).status == 409
    product.wait_until_completed()
    assert product.status()["state"] == "draining"
    second = product.start(rate=20, seconds=1, seed=8)
    assert second["state"] == "running"
    product.wait_until_completed()
    assert product.stats()["invoice_count"] == 40


def test_reset_clears_every_screen_and_keeps_the_invoices(
    empty_product: Product, dashboards: tuple[Dashboard, Dashboard]
) -> None:
    product = empty_product
    product.set_pace(10)
    product.start(rate=50, seconds=60)
    wait_for(lambda: len(dashboards[0].screen.rows) >= 5, "rows on screen")
    status = product.reset()
    assert status["state"] == "idle"
    assert (status["display"]["backlog"], status["run"]["state"]) == (0, "stopped")
    assert is_conserved(status)
    for dashboard in dashboards:
        wait_for(lambda dashboard=dashboard: dashboard.of("reset"), "a reset frame")  # type: ignore[misc]
        assert dashboard.screen.rows == []
        assert dashboard.of("reset")[-1].body == {"type": "reset", "last_seq": status["display"]["last_seq"]}
    assert product.stats()["invoice_count"] == status["run"]["issued_count"] > 0
    with product.dashboard() as fresh:
        assert fresh.screen.rows == []


def test_a_screen_from_before_a_reset_starts_again(
    empty_product: Product, dashboards: tuple[Dashboard, Dashboard]
) -> None:
    product, dashboard = empty_product, dashboards[0]
    product.set_pace(100)
    product.start(rate=5, seconds=1)
    wait_for(lambda: len(dashboard.screen.rows) == 5, "rows on screen")
    dashboard.go_away()
    product.reset()
    product.start(rate=3, seconds=1)
    product.wait_until_completed()
    dashboard.come_back()
    wait_for(lambda: len(dashboard.screen.rows) == 3, "the new rows alone")
    assert dashboard.screen.hello["reset"] is True


def test_purge_takes_the_invoices_out_of_every_answer_and_numbers_go_on_elsewhere(
    empty_product: Product, dashboards: tuple[Dashboard, Dashboard]
) -> None:
    product = empty_product
    product.set_pace(100)
    product.start(rate=5, seconds=1)
    product.wait_until_completed()
    old = product.do("GET", "/api/invoices?limit=1")["items"][0]["invoice_number"]
    product.reset(purge=True)
    assert product.stats()["invoice_count"] == 0
    assert product.stats()["total_amount"] == "0.00"
    assert product.do("GET", "/api/invoices")["items"] == []
    assert product.call("GET", f"/api/invoices/{old}").status == 404
    wait_for(lambda: dashboards[0].screen.stats["invoice_count"] == 0, "zero on screen")
    product.start(rate=5, seconds=1)
    product.wait_until_completed()
    new = product.do("GET", "/api/invoices?limit=200")["items"]
    assert [invoice["invoice_number"].rpartition("-")[2] for invoice in new] == [f"{n:06d}" for n in (5, 4, 3, 2, 1)]
    assert new[0]["invoice_number"].split("-")[0] != old.split("-")[0]


def test_skip_passes_over_the_backlog_and_shows_go_on(
    empty_product: Product, dashboards: tuple[Dashboard, Dashboard]
) -> None:
    product, dashboard = empty_product, dashboards[0]
    product.start(rate=40, seconds=1)
    product.wait_until_completed()
    before = product.status()["display"]
    status = product.do("POST", "/api/control/skip")
    assert (status["display"]["backlog"], status["state"]) == (0, "idle")
    assert status["display"]["skipped_count"] > before["skipped_count"]
    assert is_conserved(status)
    shown = len(dashboard.screen.rows)
    product.start(rate=2, seconds=1)
    wait_for(lambda: len(dashboard.screen.rows) == shown + 2, "the next rows")
    assert dashboard.numbers()[-1].endswith("-000042")


def test_mode_latest_shows_the_newest_and_never_queues_more(
    empty_product: Product, dashboards: tuple[Dashboard, Dashboard]
) -> None:
    product, dashboard = empty_product, dashboards[0]
    product.set_pace(5, mode="latest")
    product.start(rate=100, seconds=2)
    product.wait_until_completed()
    status = product.wait_until_idle()
    assert status["display"]["mode"] == "latest"
    assert is_conserved(status)
    wait_for(lambda: dashboard.numbers()[-1].endswith("-000200"), "the newest on screen")
    assert len(dashboard.screen.rows) < 30
    assert status["display"]["skipped_count"] > 150


def test_a_new_pace_is_sent_and_kept(empty_product: Product, dashboards: tuple[Dashboard, Dashboard]) -> None:
    product, dashboard = empty_product, dashboards[0]
    product.set_pace(0.5)
    product.start(rate=60, seconds=1)
    product.wait_until_completed()
    wait_for(lambda: len(dashboard.screen.rows) >= 1, "the first row")
    status = product.set_pace(20)
    seen = product.status()["display"]["last_seq"]
    assert status["display"]["rate_per_second"] == 20
    wait_for(lambda: dashboard.screen.status["display"]["rate_per_second"] == 20, "the new rate on screen")
    wait_for(lambda: len(dashboard.screen.rows) >= 40, "forty rows")
    moments = product.shown_since(seen)
    assert min(later - earlier for earlier, later in pairwise(moments)) >= SMALLEST_GAP / 20 - 1e-6
    assert largest_excess([moment - moments[0] for moment in moments], 20) <= 2


@pytest.mark.parametrize("call", ["/api/control/reset", "/api/control/skip"])
def test_the_answer_of_a_control_is_what_a_new_screen_sees(empty_product: Product, call: str) -> None:
    """A client that reads after the answer never sees the state before it, whenever the screens are notified."""
    product = empty_product
    for _ in range(3):
        product.start(rate=20, seconds=1)
        product.wait_until_completed()
        answer = product.do("POST", call)
        with product.dashboard(resumes=False) as fresh:
            assert fresh.screen.hello["status"]["state"] == answer["state"] == "idle"
            assert fresh.screen.hello["status"]["display"]["backlog"] == 0
            assert fresh.screen.hello["last_seq"] == answer["display"]["last_seq"]

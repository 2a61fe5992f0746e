"""A replay of an hour at 600 times its speed, seen by screens; meanwhile the worker is killed and Redis is emptied."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

import pytest
import redis as redis_py

from tests.system.live.dashboard import Dashboard
from tests.system.live.product import Json, Product
from tests.waiting import HANG_SECONDS, wait_for

BEGIN, END, SPEED = "2010-12-06T09:00:00Z", "2010-12-06T10:00:00Z", 600
WINDOW: Json = {"from": BEGIN, "to": END, "speed": SPEED, "feed": "demo"}
COUNT = 300
# Every twelve seconds of its own time an invoice, issued in another order; some lie outside of the window.
ISSUE = f"""
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from invoices.issue import Draft, issue
from invoices.series import current_test_series
begin = datetime(2010, 12, 6, 8, 59, tzinfo=UTC)
issue(series_id=current_test_series().pk, announce=False, drafts=[Draft(
    invoice_date=begin + timedelta(seconds=(index * 83 % {COUNT}) // 2 * 25), seller_name="Nordwind", buyer_name="Ocean",
    subtotal=Decimal(100 + index).scaleb(-2), vat_rate=Decimal("0.15"), currency="SAR") for index in range({COUNT})])
"""
EXPECTED = """
SELECT invoice_number, total_amount, extract(epoch FROM invoice_date)::float FROM invoices_invoice i
JOIN invoices_series s ON s.id = i.series_id WHERE s.feed_id = 'demo' AND s.closed_at IS NULL
AND invoice_date >= %s AND invoice_date < %s ORDER BY invoice_date, i.id
"""


@dataclass
class Observation:
    """What was seen of one replay, and of the books before and after it."""

    product: Product
    started: Json
    screen: Dashboard
    killed_at: int
    before: Json
    after: Json
    expected: list[tuple[str, Decimal, float]]


def audit_books(product: Product) -> Json:
    """The audit without what goes on meanwhile: figures are folded, and events are handled."""
    report = product.audit()
    return {name: part for name, part in report.items() if name not in ("analytics", "events")}


@pytest.fixture(scope="module")
def seen(closed_product: Product) -> Iterator[Observation]:
    product = closed_product
    product.clear()
    done = product.stack.manage("shell", "-c", ISSUE)
    assert done.returncode == 0, done.stderr
    expected = [(str(number), total, at) for number, total, at in product.sql(EXPECTED, BEGIN, END)]
    before, demo = audit_books(product), product.stats()
    started = product.do("POST", "/api/replays", WINDOW)
    with product.dashboard(feed=started["feed"]) as screen:
        wait_for(lambda: len(screen.screen.rows) > 40, "the replay to be under way")
        killed_at = len(screen.screen.rows)
        old = product.stack.kill("worker")
        with redis_py.Redis.from_url(product.address("REDIS_URL"), socket_timeout=HANG_SECONDS) as client:
            client.flushall()
        product.stack.wait_for_restart("worker", old)
        wait_for(lambda: screen.screen.status["state"] == "idle", "the end of the replay")
        wait_for(lambda: len(screen.screen.rows) == len(expected), "every row on the screen")
        after = audit_books(product)
        assert product.stats() | {"source": ""} == demo | {"source": ""}
        yield Observation(product, started, screen, killed_at, before, after, expected)
    product.clear()


def test_its_rows_are_those_of_the_database_in_the_order_of_their_dates_each_once(seen: Observation) -> None:
    assert 200 < len(seen.expected) < COUNT, "the premise: some lie outside of the window"
    assert seen.killed_at < len(seen.expected), "the premise: it was killed in the middle"
    assert seen.screen.numbers() == [number for number, _, _ in seen.expected]
    assert sorted(set(seen.screen.sequence())) == list(range(1, len(seen.expected) + 1))


def test_its_totals_are_the_sum_over_the_database(seen: Observation) -> None:
    stats = seen.product.do("GET", f"/api/stats?feed={seen.started['feed']}")
    total = sum((amount for _, amount, _ in seen.expected), Decimal(0))
    assert (stats["invoice_count"], stats["total_amount"]) == (len(seen.expected), f"{total:.2f}")
    assert seen.screen.screen.stats == stats


def test_no_row_comes_before_its_own_moment(seen: Observation) -> None:
    started_at = datetime.fromisoformat(seen.started["started_at"]).timestamp()
    begin = datetime.fromisoformat(BEGIN).timestamp()
    shown = seen.product.sql(
        "SELECT extract(epoch FROM shown_at)::float FROM streaming_shown WHERE feed_id = %s ORDER BY seq",
        seen.started["feed"],
    )
    late = [at - started_at - (date - begin) / SPEED for (at,), (_, _, date) in zip(shown, seen.expected, strict=True)]
    assert min(late) >= 0


def test_its_clock_went_from_the_beginning_to_the_end_of_the_window_and_never_back(seen: Observation) -> None:
    clocks = [frame.body["status"]["replay"]["clock"] for frame in seen.screen.of("status")]
    assert clocks == sorted(clocks)
    assert clocks[-1] == seen.screen.screen.status["replay"]["to"] == "2010-12-06T10:00:00.000000Z"
    assert seen.screen.screen.status["replay"]["state"] == "completed"


def test_the_audit_before_and_after_is_the_same_but_for_its_feed(seen: Observation) -> None:
    [mine] = [feed for feed in seen.after["feeds"] if feed["feed"] == seen.started["feed"]]
    assert (mine["announced"], mine["shown"], mine["queued"], mine["conserved"]) == (len(seen.expected),) * 2 + (
        0,
        True,
    )
    others = [feed for feed in seen.after["feeds"] if feed["feed"] != seen.started["feed"]]
    assert seen.after | {"feeds": others} == seen.before


def test_a_screen_of_a_removed_replay_is_closed_and_refused_when_it_reconnects(seen: Observation) -> None:
    answer = seen.product.call("DELETE", f"/api/replays/{seen.started['feed']}")
    assert answer.status == 204
    wait_for(lambda: 4408 in seen.screen.close_codes, "the screen to be closed")
    assert seen.product.call("GET", f"/api/system/status?feed={seen.started['feed']}").status == 404
    wait_for(
        lambda: not seen.product.sql("SELECT 1 FROM streaming_feed WHERE name = %s", seen.started["feed"]),
        "the sweep to delete its rows",
    )
    assert audit_books(seen.product) == seen.before

"""One run as screens see it, from START until everything was shown, with actions of an operator in between."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from itertools import pairwise

import pytest

from tests.streaming.ledger import SMALLEST_GAP, largest_excess
from tests.system.live.dashboard import Dashboard
from tests.system.live.product import Json, Product
from tests.waiting import wait_for

ISSUED_PER_SECOND, SECONDS, SHOWN_PER_SECOND = 60, 4, 20
TARGET = ISSUED_PER_SECOND * SECONDS
AWAY = 30


@dataclass
class Observation:
    """What was seen of a run of 240 invoices in 4 s that were shown within 12 s."""

    product: Product
    started: Json
    steady: Dashboard
    other: Dashboard
    resuming: Dashboard
    audit: Json


@pytest.fixture(scope="module")
def seen(product: Product) -> Iterator[Observation]:
    product.clear(rate=SHOWN_PER_SECOND)
    before = product.sql("SELECT last_seq FROM streaming_cursor WHERE feed_id = 'demo'")[0][0]
    with product.dashboard() as steady, product.dashboard() as other, product.dashboard() as resuming:
        started = product.start(rate=ISSUED_PER_SECOND, seconds=SECONDS)
        for shown in (40, 120):
            wait_until_shown(resuming, before + shown)
            resuming.go_away()
            wait_for(partial(is_behind, resuming, steady), f"{AWAY} rows that the screen away has not got")
            resuming.come_back()
        product.wait_until_idle()
        for dashboard in (steady, other, resuming):
            wait_until_shown(dashboard, before + TARGET)
            wait_for(partial(is_idle, dashboard), "idle on every screen")
        yield Observation(product, started, steady, other, resuming, product.audit())


def wait_until_shown(dashboard: Dashboard, seq: int) -> None:
    wait_for(lambda: (dashboard.screen.last_seq or 0) >= seq, f"row {seq} on a screen")


def is_behind(dashboard: Dashboard, other: Dashboard) -> bool:
    """Whether `dashboard` has at least `AWAY` rows to catch up on."""
    return (other.screen.last_seq or 0) >= (dashboard.screen.last_seq or 0) + AWAY


def is_idle(dashboard: Dashboard) -> bool:
    return bool(dashboard.screen.status["state"] == "idle")


def at(text: str) -> float:
    return datetime.fromisoformat(text).timestamp()


# -- the run -----------------------------------------------------------------------------------------------------------


def test_the_answer_to_start_is_the_running_status(seen: Observation) -> None:
    assert seen.started["state"] == "running"
    run = seen.started["run"]
    assert (run["target_count"], run["state"], run["stopped_at"]) == (TARGET, "running", None)


def test_a_run_ends_exactly_at_its_target(seen: Observation) -> None:
    run = seen.product.status()["run"]
    assert (run["state"], run["issued_count"]) == ("completed", TARGET)
    assert seen.product.stats()["invoice_count"] == TARGET
    mine = next(report for report in seen.audit["runs"] if report["id"] == run["id"])
    assert mine == {"id": run["id"], "target": TARGET, "issued": TARGET, "exact": True}


def test_no_invoice_comes_before_it_is_due_and_the_run_does_not_end_early(seen: Observation) -> None:
    run = seen.product.status()["run"]
    rows = seen.product.sql(
        "SELECT extract(epoch FROM min(created_at))::float FROM invoices_invoice WHERE run_id = %s", run["id"]
    )
    late = rows[0][0] - at(run["started_at"]) - 1 / ISSUED_PER_SECOND
    assert late >= 0
    assert at(run["stopped_at"]) >= at(run["ends_at"])


# -- its screens -------------------------------------------------------------------------------------------------------


def test_every_screen_shows_every_invoice_in_the_order_of_issue(seen: Observation) -> None:
    issued = [number for (number,) in seen.product.sql(
        "SELECT invoice_number FROM invoices_invoice WHERE run_id = %s ORDER BY run_ordinal", seen.started["run"]["id"]
    )]  # fmt: skip
    assert len(issued) == TARGET
    for dashboard in (seen.steady, seen.other, seen.resuming):
        assert dashboard.numbers() == issued


def test_two_sockets_receive_the_same(seen: Observation) -> None:
    one, other = ([frame.body for frame in dashboard.of("invoice")] for dashboard in (seen.steady, seen.other))
    assert one == other
    assert seen.steady.connections == seen.other.connections == 1


def test_a_screen_that_was_away_misses_nothing_and_doubles_nothing(seen: Observation) -> None:
    assert seen.resuming.connections == 3
    assert [hello.body["reset"] for hello in seen.resuming.of("hello")] == [False] * 3
    assert seen.resuming.sequence() == seen.steady.sequence()
    assert all(len(hello.body["items"]) >= AWAY for hello in seen.resuming.of("hello")[1:])


def test_the_totals_add_up_on_every_frame(seen: Observation) -> None:
    counts = [frame.body["stats"]["invoice_count"] for frame in seen.steady.of("stats")]
    assert counts == sorted(counts)
    assert counts[-1] == TARGET
    assert seen.steady.screen.stats | {"source": ""} == seen.product.stats() | {"source": ""}


def test_totals_come_at_most_twenty_times_a_second(seen: Observation) -> None:
    """By the moments of the changes that were read: when a frame arrives is also the affair of a busy reader."""
    moments = [at(frame.body["stats"]["as_of"]) for frame in seen.steady.of("stats")]
    assert max(sum(begin <= moment < begin + 1 for moment in moments) for begin in moments) <= 22


def test_the_state_is_sent_at_every_change(seen: Observation) -> None:
    words = [frame.body["status"]["state"] for frame in seen.steady.of("status")]
    changes = [word for word, before in zip(words, [None, *words], strict=False) if word != before]
    assert [word for word in changes if word != "idle"] == ["running", "draining"]
    assert changes[-1] == "idle"


def test_a_status_comes_again_and_again_while_anything_goes_on(seen: Observation) -> None:
    words = [frame.body["status"]["state"] for frame in seen.steady.of("status")]
    assert len([word for word in words if word != "idle"]) > 4


# -- its pace ----------------------------------------------------------------------------------------------------------


def moments_of(seen: Observation) -> list[float]:
    hello = seen.steady.of("hello")[0].body
    return seen.product.shown_since(hello["last_seq"])


def test_rows_are_shown_at_the_contracts_pace(seen: Observation) -> None:
    moments = moments_of(seen)
    assert len(moments) == TARGET
    gaps = [later - earlier for earlier, later in pairwise(moments)]
    assert min(gaps) >= SMALLEST_GAP / SHOWN_PER_SECOND - 1e-6
    assert largest_excess([moment - moments[0] for moment in moments], SHOWN_PER_SECOND) <= 2


def test_over_ten_seconds_the_average_is_the_rate_at_most(seen: Observation) -> None:
    moments = moments_of(seen)
    moments = [moment for moment in moments if moment <= moments[0] + 10]
    average = (len(moments) - 1) / (moments[-1] - moments[0])
    # A machine that is busy with other things may hold rows up; it never makes them hurry.
    assert average <= SHOWN_PER_SECOND * 1.02

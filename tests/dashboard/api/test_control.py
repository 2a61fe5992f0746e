"""START, STOP, reset, skip and pace: their answers and their refusals."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from django.conf import settings

from invoices.generation import producer
from invoices.issue import issue
from invoices.models import Run, Series
from invoices.series import current_test_series
from tests.dashboard.api.caller import Caller
from tests.invoices.samples import draft, drafts


def test_start_answers_201_and_the_status(api: Caller) -> None:
    found = api.post("/control/start", {"rate_per_second": 20, "duration_seconds": 3, "seed": 11})
    assert api.status == 201
    assert found["state"] == "running"
    run = found["run"]
    assert (run["state"], run["target_count"], run["issued_count"], run["seed"]) == ("running", 60, 0, 11)
    span = datetime.fromisoformat(run["ends_at"]) - datetime.fromisoformat(run["started_at"])
    assert span == timedelta(seconds=3)


@pytest.mark.parametrize("body", [b"", b"{}", b"null", b'{"seed": null}'])
def test_start_takes_the_defaults_for_what_is_not_said(api: Caller, body: bytes) -> None:
    run = api.call("POST", "/control/start", body)["run"]
    assert (run["rate_per_second"], run["duration_seconds"]) == (
        settings.GENERATION_RATE,
        settings.GENERATION_DURATION,
    )


@pytest.mark.parametrize(
    ("rate", "seconds", "target"),
    [
        (0.1, 10, 1),
        (0.1, 86400, 8640),
        (10000, 1000, 10_000_000),
        (3.3, 10, 33),
        (1.1, 30, 33),
        (0.7, 10, 7),
        (5.0, 1, 5),
    ],
)
def test_the_target_is_the_floor_of_rate_times_duration_in_decimal(
    api: Caller, rate: float, seconds: int, target: int
) -> None:
    found = api.post("/control/start", {"rate_per_second": rate, "duration_seconds": seconds})
    assert found["run"]["target_count"] == target
    assert found["run"]["rate_per_second"] == rate


@pytest.mark.parametrize("seed", [0, -1, 2**63 - 1, -(2**63)])
def test_a_seed_is_any_whole_number_of_64_bits(api: Caller, seed: int) -> None:
    assert api.post("/control/start", {"seed": seed})["run"]["seed"] == seed


def test_a_second_start_is_409(api: Caller) -> None:
    api.post("/control/start")
    assert "already running" in api.refusal(409, "POST", "/control/start")["detail"]
    assert Run.objects.count() == 1


def test_start_is_allowed_while_a_backlog_is_shown(api: Caller) -> None:
    issue(series_id=current_test_series().pk, drafts=[draft()])
    assert api.get("/system/status")["state"] == "draining"
    assert api.post("/control/start")["state"] == "running"
    assert api.status == 201


def test_stop_answers_the_status_after_which_nothing_is_issued(api: Caller) -> None:
    assert api.refusal(409, "POST", "/control/stop")["detail"].startswith("No run is running")
    api.post("/control/start", {"rate_per_second": 10000})
    Run.objects.update(started_at=Run.objects.get().started_at - timedelta(seconds=60))
    producer.tick()
    found = api.post("/control/stop")
    assert (api.status, found["state"], found["run"]["state"]) == (200, "draining", "stopped")
    assert found["run"]["issued_count"] == found["display"]["backlog"] == api.get("/stats")["invoice_count"] > 0
    assert producer.tick() == 0
    assert api.refusal(409, "POST", "/control/stop")


def test_reset_stops_skips_and_keeps_the_totals(api: Caller) -> None:
    api.post("/control/start")
    issue(series_id=current_test_series().pk, drafts=drafts(7))
    found = api.post("/control/reset")
    assert (api.status, found["state"], found["run"]["state"]) == (200, "idle", "stopped")
    assert (found["display"]["backlog"], found["display"]["skipped_count"]) == (0, 7)
    assert api.get("/stats")["invoice_count"] == 7


@pytest.mark.parametrize("body", [b"", b"{}", b"null", b'{"purge": false}'])
def test_reset_needs_no_body_and_purges_only_on_request(api: Caller, body: bytes) -> None:
    api.call("POST", "/control/reset", body)
    assert api.status == 200
    assert not Series.objects.filter(closed_at__isnull=False).exists()


def test_purge_zeroes_the_totals_and_takes_the_invoices_out_of_every_answer(api: Caller) -> None:
    number = issue(series_id=current_test_series().pk, drafts=drafts(3)).numbers[0]
    before = api.get("/stats")
    assert before["invoice_count"] == 3
    api.post("/control/reset", {"purge": True})
    after = api.get("/stats")
    assert (after["invoice_count"], after["total_amount"]) == (0, "0.00")
    assert after["as_of"] > before["as_of"]
    assert api.get("/invoices") == {"items": [], "next": None}
    api.refusal(404, "GET", f"/invoices/{number}")


def test_real_invoices_cannot_be_purged(api: Caller) -> None:
    issue(series_id=Series.objects.get(prefix="INV").pk, drafts=[draft()])
    assert "purge" in api.refusal(422, "POST", "/control/reset", b'{"purge": true}', feed="live")["detail"]
    assert api.get("/stats", feed="live")["invoice_count"] == 1
    assert api.post("/control/reset", feed="live")["display"]["skipped_count"] == 1


def test_a_reset_of_live_leaves_the_run_alone(api: Caller) -> None:
    api.post("/control/start")
    api.post("/control/reset", feed="live")
    assert api.get("/system/status")["state"] == "running"


@pytest.mark.parametrize("call", ["start", "stop"])
def test_generation_is_on_the_demo_feed_alone(api: Caller, call: str) -> None:
    assert "demo" in api.refusal(422, "POST", f"/control/{call}", feed="live")["detail"]
    assert not Run.objects.exists()


def test_skip_passes_over_what_is_queued(api: Caller) -> None:
    issue(series_id=current_test_series().pk, drafts=drafts(4))
    display = api.post("/control/skip")["display"]
    assert (display["backlog"], display["skipped_count"], display["shown_count"]) == (0, 4, 0)
    assert api.post("/control/skip")["display"]["skipped_count"] == 4


def test_pace_sets_what_is_said_and_keeps_the_rest(api: Caller) -> None:
    assert api.put("/feed", {"rate_per_second": 0.1})["display"]["rate_per_second"] == 0.1
    display = api.put("/feed", {"mode": "latest"})["display"]
    assert (display["mode"], display["rate_per_second"]) == ("latest", 0.1)
    display = api.put("/feed", {"mode": "every", "rate_per_second": 1000})["display"]
    assert (display["mode"], display["rate_per_second"]) == ("every", 1000)
    assert api.put("/feed", {})["display"] == display
    assert api.get("/system/status", feed="live")["display"]["rate_per_second"] == 2


def test_the_drain_takes_the_backlog_divided_by_the_rate(api: Caller) -> None:
    issue(series_id=current_test_series().pk, drafts=drafts(5))
    assert api.get("/system/status")["display"]["drain_eta_seconds"] == 3
    assert api.put("/feed", {"rate_per_second": 0.5})["display"]["drain_eta_seconds"] == 10

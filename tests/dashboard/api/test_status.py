"""The status has the form of the contract."""

from __future__ import annotations

from tests.dashboard.api.caller import Caller

RUN = {
    "id", "state", "rate_per_second", "duration_seconds", "target_count", "issued_count", "started_at", "stopped_at",
    "ends_at",
}  # fmt: skip
DISPLAY = {
    "mode", "rate_per_second", "backlog", "shown_count", "skipped_count", "last_seq", "drain_eta_seconds",
}  # fmt: skip
PROCESS = {"name", "state", "pid", "started_at", "restarts", "last_heartbeat_at"}


def test_before_the_first_run_there_is_none(api: Caller) -> None:
    found = api.get("/system/status")
    assert (found["feed"], found["state"], found["run"]) == ("demo", "idle", None)
    assert set(found["display"]) >= DISPLAY
    assert found["services"] == {"postgres": "up", "redis": "up"}
    assert {"web", "worker", "jobs", "beat", "pacer", "loops", "flower"} <= {
        process["name"] for process in found["processes"]
    }
    assert all(set(process) >= PROCESS for process in found["processes"])


def test_the_status_shows_a_run_with_numbers_and_instants(api: Caller) -> None:
    run = api.post("/control/start", {"rate_per_second": 2.5, "duration_seconds": 10})["run"]
    assert set(run) >= RUN
    assert (run["rate_per_second"], run["duration_seconds"], run["target_count"]) == (2.5, 10, 25)
    assert run["stopped_at"] is None
    assert run["started_at"] < run["ends_at"]


def test_a_feed_without_generation_has_no_run(api: Caller) -> None:
    api.post("/control/start")
    found = api.get("/system/status", feed="live")
    assert (found["feed"], found["state"], found["run"]) == ("live", "idle", None)


def test_pids_and_restarts_are_null_where_no_supervisor_runs(api: Caller) -> None:
    for process in api.get("/system/status")["processes"]:
        assert (process["pid"], process["restarts"], process["started_at"]) == (None, None, None)

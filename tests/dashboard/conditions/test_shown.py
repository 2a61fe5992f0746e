"""Conditions are collected: of this process, of other processes by their heartbeats, of the supervisor by its file."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.test import Client
from prometheus_client.parser import text_string_to_metric_families
from pytest_django import Settings

from dashboard.conditions import collect
from dashboard.conditions.monitor import Published
from dashboard.conditions.work import Finding
from local import processes
from runtime import conditions, heartbeats
from runtime.conditions import clear_condition, raise_condition
from runtime.loops import watch
from tests.dashboard.api.caller import Caller, Json, check
from tests.streaming.ledger import run_sql

pytestmark = pytest.mark.django_db(transaction=True)
OWN = ("pool-full", "web")


@pytest.fixture(autouse=True)
def none_is_left(settings: Settings) -> Iterator[None]:
    settings.INVOICEDASH_OPEN = True
    yield
    for each in conditions.current():
        clear_condition(each.name, each.subject)


@pytest.fixture
def api(stranger: Client) -> Caller:
    return Caller(stranger)


@pytest.fixture(scope="session")
def stranger() -> Client:
    return Client()


def of_another_process(name: str, subject: str) -> None:
    """A condition of the process `worker`, in its heartbeat alone."""
    raise_condition(name, subject, "It is said by the worker.")
    loop = watch("of-the-worker", within_seconds=3600)
    try:
        heartbeats.beat("worker", 1)
    finally:
        clear_condition(name, subject)
        loop.close()
    run_sql("UPDATE streaming_heartbeat SET pid = 1 WHERE name = 'worker'")


def shown(api: Caller) -> list[Json]:
    found: list[Json] = api.get("/system/status")["conditions"]
    return found


def test_nothing_wrong_is_an_empty_list(api: Caller) -> None:
    assert shown(api) == []


def test_own_and_others_conditions_are_in_the_status_the_oldest_first(api: Caller) -> None:
    of_another_process("loop-stopped", "worker/sweeps")
    raise_condition(*OWN, "All connections are in use.")
    first, second = shown(api)
    assert (first["name"], first["subject"]) == ("loop-stopped", "worker/sweeps")
    assert first["sentence"] == "It is said by the worker."
    assert set(second) == {"name", "since", "subject", "sentence"}
    assert first["since"] <= second["since"]


def test_condition_that_two_processes_found_is_shown_once(api: Caller) -> None:
    of_another_process("disk-full", "postgresql")
    raise_condition("disk-full", "postgresql", "It is said by this process.")
    assert [each["sentence"] for each in shown(api)] == ["It is said by the worker."]


def test_conditions_of_a_process_without_heartbeats_are_not_shown(api: Caller) -> None:
    of_another_process("loop-stopped", "worker/sweeps")
    run_sql("UPDATE streaming_heartbeat SET beat_at = beat_at - interval '1 minute'")
    assert shown(api) == []


def test_supervisors_conditions_are_shown_and_a_broken_file_changes_nothing(
    api: Caller, settings: Settings, tmp_path: Path
) -> None:
    settings.INVOICEDASH_DATA_DIR = tmp_path
    me = os.getpid()
    condition = {
        "name": "loop-stopped",
        "since": "2026-11-30T00:00:00Z",
        "subject": "supervisor/x",
        "sentence": "It stopped.",
    }
    process = {"name": "web", "pid": me, "state": "up", "restarts": 3, "started_at": None}
    state: Json = {"pid": me, "birth": processes.birth(me), "stopping": False, "control": "", "processes": [process]}
    path = tmp_path / "supervisor.json"
    path.write_text(json.dumps(state | {"conditions": [condition]}))
    assert shown(api) == [condition]
    for broken in ("[1]", json.dumps(state | {"processes": [1]}), json.dumps(state | {"conditions": [1]}), "{"):
        path.write_text(broken)
        assert shown(api) == []
        assert api.client.get("/system/").status_code == 200
        assert api.client.get("/readyz").status_code == 200


def test_metrics_have_conditions_and_the_age_of_each_loop(stranger: Client) -> None:
    of_another_process("queue-growing", "jobs/long")
    families = text_string_to_metric_families(stranger.get("/metrics").content.decode())
    samples = {one.name: one.labels for family in families for one in family.samples if one.value >= 0}
    assert samples["invoicedash_condition"] == {"name": "queue-growing", "subject": "jobs/long"}
    assert samples["invoicedash_loop_age_seconds"]["process"] == "worker"


def test_readyz_has_conditions_and_stays_200(stranger: Client) -> None:
    raise_condition(*OWN, "All connections are in use.")
    answer = stranger.get("/readyz")
    assert answer.status_code == 200
    assert [each["name"] for each in answer.json()["conditions"]] == ["pool-full"]


def test_every_503_has_conditions(stranger: Client, settings: Settings, tmp_path: Path) -> None:
    settings.INVOICEDASH_DATA_DIR = tmp_path
    me = os.getpid()
    state: Json = {
        "pid": me,
        "birth": processes.birth(me),
        "stopping": True,
        "control": "",
        "processes": [],
        "conditions": [],
    }
    (tmp_path / "supervisor.json").write_text(json.dumps(state))
    raise_condition(*OWN, "All connections are in use.")
    answer = stranger.get("/readyz")
    check(503, answer["Content-Type"], answer.json())
    assert [each["name"] for each in answer.json()["conditions"]] == ["pool-full"]


def test_system_page_shows_conditions_and_where_there_are_none_says_so(stranger: Client) -> None:
    assert 'data-testid="conditions"' in stranger.get("/system/").content.decode()
    raise_condition(*OWN, "All <b>connections</b> are in use.")
    page = stranger.get("/system/").content.decode()
    assert "All &lt;b&gt;connections&lt;/b&gt; are in use." in page
    assert "pool-full" in page


def test_finding_is_held_for_its_time_and_cleared_then() -> None:
    published = Published(hold_seconds=5)
    finding = Finding("database-busy", "locked", "It waits.")
    published.publish([finding], now=0.0)
    published.publish([], now=4.0)
    assert [each["subject"] for each in collect.known_conditions()] == ["locked"]
    published.publish([], now=5.0)
    assert collect.known_conditions() == []

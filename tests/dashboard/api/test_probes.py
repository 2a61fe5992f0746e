"""Addresses for monitoring: alive, ready, metrics."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from prometheus_client.parser import text_string_to_metric_families
from pytest_django import Settings

from invoices.issue import issue
from invoices.series import current_test_series
from local import processes
from tests.dashboard.api.caller import check
from tests.invoices.samples import draft, drafts

pytestmark = pytest.mark.django_db


def samples(client: Client) -> dict[tuple[Any, ...], float]:
    """The figures by name and sorted label values, read as Prometheus reads them."""
    answer = client.get("/metrics")
    assert answer.status_code == 200
    assert answer["Content-Type"].startswith("text/plain")
    families = text_string_to_metric_families(answer.content.decode())
    return {(one.name, *sorted(one.labels.values())): one.value for family in families for one in family.samples}


def test_alive_answers_without_the_database(client: Client) -> None:
    answer = client.get("/healthz")
    assert (answer.status_code, answer.json()) == (200, {"status": "alive"})


def test_ready_reports_both_servers(client: Client) -> None:
    answer = client.get("/readyz")
    assert answer.status_code == 200
    assert answer.json() == {
        "status": "ready", "services": {"postgres": "up", "redis": "up"}, "conditions": [],
    }  # fmt: skip


def test_during_a_stop_it_is_not_ready(client: Client, settings: Settings, tmp_path: Path) -> None:
    settings.INVOICEDASH_DATA_DIR = tmp_path
    me = os.getpid()
    state: dict[str, Any] = {
        "pid": me,
        "birth": processes.birth(me),
        "stopping": True,
        "control": "",
        "processes": [],
        "conditions": [],
    }
    (tmp_path / "supervisor.json").write_text(json.dumps(state))
    answer = client.get("/readyz")
    assert answer.status_code == 503
    check(503, answer["Content-Type"], answer.json())


def test_prometheus_can_read_the_figures_and_they_are_true(client: Client) -> None:
    issue(series_id=current_test_series().pk, drafts=[*drafts(2), draft("7.00", currency="EUR")])
    found = samples(client)
    assert found["invoicedash_invoices", "SAR", "demo"] == 2
    assert found["invoicedash_invoices", "EUR", "demo"] == 1
    assert found["invoicedash_total_amount", "EUR", "demo"] == 8.05
    assert found["invoicedash_invoices", "SAR", "live"] == 0
    assert found["invoicedash_announced_total", "demo"] == 3
    assert found["invoicedash_shown_total", "demo"] == 0
    assert found["invoicedash_backlog", "demo"] == 3
    assert found["invoicedash_state", "demo", "draining"] == 1
    assert found["invoicedash_state", "demo", "idle"] == 0
    assert found["invoicedash_state", "idle", "live"] == 1
    assert found["invoicedash_redis_up",] == 1


@pytest.mark.parametrize("path", ["/healthz", "/readyz", "/metrics"])
def test_probes_accept_get_and_head_only(client: Client, path: str) -> None:
    answer = client.post(path)
    assert (answer.status_code, answer["Allow"]) == (405, "GET, HEAD")
    check(405, answer["Content-Type"], answer.json())
    assert client.head(path).status_code == 200

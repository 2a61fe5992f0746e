"""The demonstration of fault tolerance: a process is killed by the API and comes back."""

from __future__ import annotations

import httpx
import pytest
from django.test import Client

from tests.stack import Stack


def test_a_killed_process_is_back_within_ten_seconds(stack: Stack) -> None:
    before = next(p for p in stack.get_json("/api/system/status")["processes"] if p["name"] == "flower")
    answer = httpx.post(f"{stack.url}/api/system/processes/flower/kill")
    assert answer.status_code == 204
    stack.wait_for_restart("flower", before["pid"])


def test_a_process_that_nobody_runs_cannot_be_killed(stack: Stack) -> None:
    answer = httpx.post(f"{stack.url}/api/system/processes/nobody/kill")
    assert answer.status_code == 409
    assert "nobody" in answer.json()["detail"]


@pytest.mark.django_db
def test_nobody_kills_where_not_everyone_may_do_everything(admin_client: Client) -> None:
    answer = admin_client.post("/api/system/processes/flower/kill")
    assert answer.status_code == 403

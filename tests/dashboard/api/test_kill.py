"""Killing a process from the system page: only in open mode, and only processes of the supervisor."""

from __future__ import annotations

import pytest
from pytest_django import Settings

from tests.accounts.conftest import make_user
from tests.dashboard.api.caller import Caller


@pytest.mark.parametrize("name", ["web", "nope", "..", "-1", "a" * 200, "%0A", "web%20postgres"])
def test_without_a_supervisor_there_is_nothing_to_kill(api: Caller, name: str) -> None:
    api.refusal(409, "POST", f"/system/processes/{name}/kill")


@pytest.mark.parametrize("name", ["a%00", "a" * 201])
def test_what_cannot_be_a_name_is_422(api: Caller, name: str) -> None:
    api.refusal(422, "POST", f"/system/processes/{name}/kill")


def test_a_kill_is_refused_to_every_role_when_access_is_not_open(api: Caller, settings: Settings) -> None:
    settings.INVOICEDASH_OPEN = False
    api.refusal(401, "POST", "/system/processes/web/kill")
    client = type(api.client)()
    client.force_login(make_user("operator"))
    assert "INVOICEDASH_OPEN" in Caller(client).refusal(403, "POST", "/system/processes/web/kill")["detail"]

"""What clients may cache: nothing of the totals, files with revalidation, the API document permanently."""

from __future__ import annotations

from typing import Any

import ninja.main
import pytest
from django.test import Client
from pytest_django import Settings

from tests.dashboard.api.caller import Caller
from tests.dashboard.api.test_documents import ONE

NOT_KEPT = "private, no-store"


@pytest.mark.parametrize("path", ["/stats", "/invoices", "/system/status", "/replays", "/nope", "/invoices/INV-9"])
def test_answers_about_the_store_are_not_kept(api: Caller, path: str) -> None:
    api.get(path)
    assert api.headers["Cache-Control"] == NOT_KEPT


def test_answers_to_posts_and_refusals_are_not_kept(api: Caller) -> None:
    api.post("/invoices", ONE)
    assert api.headers["Cache-Control"] == NOT_KEPT
    api.refusal(422, "POST", "/invoices", b"[]")
    assert api.headers["Cache-Control"] == NOT_KEPT


@pytest.mark.parametrize("path", ["/healthz", "/readyz", "/metrics"])
def test_probes_are_not_kept(api: Caller, path: str) -> None:
    assert api.client.get(path)["Cache-Control"] == NOT_KEPT


@pytest.mark.parametrize("path", ["/api/openapi.json", "/api/docs"])
def test_the_document_is_made_once_and_then_answered_by_its_tag(
    api: Caller, monkeypatch: pytest.MonkeyPatch, path: str
) -> None:
    first = api.client.get(path)
    assert (first.status_code, first["Cache-Control"]) == (200, "public, no-cache")
    monkeypatch.setattr(ninja.main, "get_schema", never_called)
    again = api.client.get(path)
    assert (again.content, again["ETag"]) == (first.content, first["ETag"])
    unchanged = api.client.get(path, headers={"If-None-Match": first["ETag"]})
    assert (unchanged.status_code, unchanged.content, unchanged["ETag"]) == (304, b"", first["ETag"])


def test_the_document_of_a_closed_desk_is_another(api: Caller, settings: Settings) -> None:
    opened = api.client.get("/api/openapi.json")
    settings.INVOICEDASH_OPEN = False
    closed = Client().get("/api/openapi.json")
    assert ({} in opened.json()["security"], {} in closed.json()["security"]) == (True, False)
    assert opened["ETag"] != closed["ETag"]


def never_called(*_: Any, **__: Any) -> Any:
    raise AssertionError("the document was made again")

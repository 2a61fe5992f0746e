"""Requests from another site's page are rejected by Origin and Sec-Fetch-Site; links, scripts and our own pages pass."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client
from pytest_django import Settings

from invoices.models import Run

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("opened")]

NAVIGATION = {"Sec-Fetch-Mode": "navigate", "Sec-Fetch-Dest": "document"}
FOREIGN = [
    {"Origin": "https://elsewhere.example"},
    {"Origin": "null"},
    {"Origin": ""},
    {"Origin": "http://testserver:8001"},
    {"Origin": "http://testserver.elsewhere.example"},
    {"Origin": "http://elsewhere.example@testserver:1"},
    {"Origin": "file://"},
    {"Origin": "http://["},
    {"Sec-Fetch-Site": "cross-site"},
    {"Sec-Fetch-Site": "same-site"},
    {"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "no-cors", "Sec-Fetch-Dest": "script"},
    {"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "navigate", "Sec-Fetch-Dest": "iframe"},
    {"Origin": "https://elsewhere.example", "Sec-Fetch-Site": "same-origin"},
]
OUR_OWN = [
    {},
    {"Origin": "http://testserver"},
    {"Origin": "http://testserver:80"},
    {"Origin": "http://testserver", "Sec-Fetch-Site": "same-origin"},
    {"Sec-Fetch-Site": "none"},
    {"Sec-Fetch-Site": "same-origin"},
]


@pytest.mark.parametrize("headers", FOREIGN)
def test_another_sites_request_is_403(headers: dict[str, str]) -> None:
    client = browser()
    for path in ("/api/stats", "/", "/system/", "/admin/", "/metrics"):
        assert client.get(path, headers=headers).status_code == 403, path
    answer = client.post("/api/control/start", content_type="application/json", headers=headers)
    assert (answer.status_code, answer["Content-Type"]) == (403, "application/problem+json")
    assert not Run.objects.exists()


@pytest.mark.parametrize("headers", OUR_OWN)
def test_our_own_pages_and_programs_pass(headers: dict[str, str]) -> None:
    client = browser()
    assert client.get("/api/stats", headers=headers).status_code == 200
    assert client.post("/api/control/start", content_type="application/json", headers=headers).status_code == 201


@pytest.mark.parametrize("site", ["cross-site", "same-site"])
def test_a_link_that_is_followed_passes(site: str) -> None:
    client = browser()
    headers = {"Sec-Fetch-Site": site, **NAVIGATION}
    assert client.get("/", headers=headers).status_code == 200
    assert client.get("/api/stats", headers=headers).status_code == 200
    assert client.post("/api/control/start", content_type="application/json", headers=headers).status_code == 403
    assert not Run.objects.exists()


def test_an_origin_that_is_listed_passes_and_may_read_the_answer(settings: Settings) -> None:
    settings.CORS_ALLOWED_ORIGINS = ["https://shop.example"]
    client = browser()
    headers = {"Origin": "https://shop.example", "Sec-Fetch-Site": "cross-site"}
    answer = client.get("/api/stats", headers=headers)
    assert (answer.status_code, answer["Access-Control-Allow-Origin"]) == (200, "https://shop.example")
    assert client.post("/api/control/start", content_type="application/json", headers=headers).status_code == 201
    assert client.get("/api/stats", headers={"Origin": "https://shop.example.evil"}).status_code == 403


def test_a_listed_origin_may_send_a_key_and_read_where_the_outcome_is(settings: Settings) -> None:
    settings.CORS_ALLOWED_ORIGINS = ["https://shop.example"]
    allowed = preflight("https://shop.example")["Access-Control-Allow-Headers"].lower()
    assert {"idempotency-key", "prefer"} <= set(allowed.split(", "))
    answer = browser().get("/api/stats", headers={"Origin": "https://shop.example"})
    assert {"Location", "Idempotent-Replayed"} <= set(answer["Access-Control-Expose-Headers"].split(", "))


def test_a_listed_origin_may_ask_beforehand(settings: Settings) -> None:
    settings.CORS_ALLOWED_ORIGINS = ["https://shop.example"]
    answer = preflight("https://shop.example")
    assert answer.status_code == 200
    assert answer["Access-Control-Allow-Origin"] == "https://shop.example"
    assert "PUT" in answer["Access-Control-Allow-Methods"]
    allowed = answer["Access-Control-Allow-Headers"].lower()
    assert "authorization" in allowed
    assert "content-type" in allowed


def test_another_origin_is_allowed_nothing_beforehand(settings: Settings) -> None:
    settings.CORS_ALLOWED_ORIGINS = ["https://shop.example"]
    assert "Access-Control-Allow-Origin" not in preflight("https://elsewhere.example")


def test_no_other_site_may_use_the_visitors_cookies(settings: Settings) -> None:
    settings.CORS_ALLOWED_ORIGINS = ["https://shop.example"]
    answer = browser().get("/api/stats", headers={"Origin": "https://shop.example"})
    assert "Access-Control-Allow-Credentials" not in answer


def browser() -> Client:
    """A client that says which host it asks, as browsers do."""
    return Client(headers={"Host": "testserver"})


def preflight(origin: str) -> Any:
    headers = {
        "Origin": origin,
        "Access-Control-Request-Method": "PUT",
        "Access-Control-Request-Headers": "authorization, content-type",
    }
    return browser().options("/api/feed", headers=headers)

"""A session alone does not prove that a request comes from our page: unsafe calls need the CSRF token, API tokens do not."""

from __future__ import annotations

import pytest
from django.test import Client
from pytest_django import Settings

from accounts.models import ApiToken
from invoices.models import Run
from tests.accounts.conftest import Visit, make_user

START = "/api/control/start"

JSON = "application/json"

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("closed")]


def test_a_session_without_the_token_is_403_and_says_what_is_missing(visit: Visit) -> None:
    answer = visit("operator").post(START, content_type=JSON)
    assert answer.status_code == 403
    assert "X-CSRFToken" in answer.json()["detail"]
    assert not Run.objects.exists()


@pytest.mark.parametrize("authorization", ["Basic YTpi", "bearer", "Token x", ""])
def test_another_authorization_header_does_not_replace_the_token(visit: Visit, authorization: str) -> None:
    answer = visit("operator").post(START, content_type=JSON, headers={"Authorization": authorization})
    assert answer.status_code in (401, 403)
    assert not Run.objects.exists()


def test_a_wrong_token_is_403(visit: Visit) -> None:
    client = visit("operator")
    client.get("/")
    assert client.post(START, content_type=JSON, headers={"X-CSRFToken": "a" * 32}).status_code == 403


def test_the_token_of_the_pages_cookie_passes(visit: Visit) -> None:
    client = visit("operator")
    client.get("/")
    token = client.cookies["csrftoken"].value
    assert client.post(START, content_type=JSON, headers={"X-CSRFToken": token}).status_code == 201


def test_a_bearer_token_needs_none(visit: Visit) -> None:
    token = ApiToken(user=make_user("operator"), name="script")
    secret = token.make()
    token.save()
    assert (
        Client(enforce_csrf_checks=True)
        .post(START, content_type=JSON, headers={"Authorization": f"Bearer {secret}"})
        .status_code
        == 201
    )


def test_the_login_form_needs_one(visit: Visit) -> None:
    assert visit("anonymous").post("/login/", {"username": "a", "password": "b"}).status_code == 403


def test_logging_out_is_by_post_only(visit: Visit) -> None:
    client = visit("viewer")
    assert client.get("/logout/").status_code == 405
    client.get("/")
    assert client.post("/logout/", headers={"X-CSRFToken": client.cookies["csrftoken"].value}).status_code == 302
    assert client.get("/").status_code == 302


def test_a_form_with_the_csrf_token_is_read_as_a_form_and_not_as_json(visit: Visit) -> None:
    client = visit("operator")
    client.get("/")
    answer = client.post(START, {"csrfmiddlewaretoken": client.cookies["csrftoken"].value, "seed": "1"})
    assert answer.status_code == 400
    assert client.post(START, {"seed": "1"}).status_code == 403


@pytest.mark.parametrize("cookie", ['"aaaaaaaaa\\000"', "a" * 5000, "ÿ" * 10, "''", "aaaaaaaa;sessionid=b"])
@pytest.mark.parametrize("is_open", [True, False])
def test_a_broken_session_cookie_is_nobodys(settings: Settings, cookie: str, is_open: bool) -> None:
    settings.INVOICEDASH_OPEN = is_open
    for path in ("/api/stats", "/", "/admin/"):
        answer = Client().get(path, headers={"Cookie": f"sessionid={cookie}"})
        assert answer.status_code in (200, 302, 400, 401), path

"""Requests that send a mail while the outbox is full are answered 503, and change nothing."""

from __future__ import annotations

import pytest
from django.contrib.auth.models import User
from django.core.cache import cache
from django.test import Client
from pytest_django import Settings

from notifications import outbox
from stores.members.accounts import open_account
from stores.members.models import Invitation

pytestmark = pytest.mark.django_db
FULL = "messages wait in the outbox"


@pytest.fixture(autouse=True)
def full(monkeypatch: pytest.MonkeyPatch, settings: Settings) -> None:
    cache.clear()
    settings.INVOICEDASH_OPEN = False
    monkeypatch.setattr(outbox, "MOST_WAITING", 0)


def test_the_page_to_reset_a_password_says_to_try_later() -> None:
    answer = Client().post("/accounts/password/reset/", {"email": "ann@example.com"})
    assert (answer.status_code, answer.headers["Retry-After"]) == (503, "60")
    assert FULL in answer.content.decode()


def test_an_invitation_is_refused_and_can_be_repeated_with_its_key(monkeypatch: pytest.MonkeyPatch) -> None:
    user, client = User.objects.create_user("ann"), Client()
    open_account(user, "Nord")
    client.force_login(user, "django.contrib.auth.backends.ModelBackend")

    def invite() -> int:
        answer = client.post(
            "/api/account/invitations", {"email": "bob@example.com", "role": "viewer"},
            content_type="application/json", headers={"Idempotency-Key": "one"},
        )  # fmt: skip
        assert answer.status_code == 201 or FULL in answer.json()["detail"]
        return int(answer.status_code)

    assert invite() == 503
    assert not Invitation.objects.exists()
    monkeypatch.undo()
    assert invite() == 201

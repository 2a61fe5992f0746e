"""API tokens: created in the admin, shown once, stored as a hash."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import pytest
from django.contrib.auth.models import Group, User
from django.test import Client
from django.utils import timezone

from accounts.models import PREFIX, ApiToken, hash_of
from tests.accounts.conftest import Visit, make_user

ADD = "/admin/accounts/apitoken/add/"

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("closed")]


@pytest.fixture
def admin(visit: Visit) -> Client:
    client = visit("admin")
    client.handler.enforce_csrf_checks = False
    return client


def make_in_admin(admin: Client, user: User) -> tuple[str, str]:
    """The secret, and the page that shows it."""
    page = admin.post(ADD, {"name": "a script", "user": user.pk}, follow=True).content.decode()
    found = re.findall(rf"{PREFIX}[\w-]+", page)
    assert len(found) == 1
    return found[0], page


def ask(secret: str, path: str = "/api/stats") -> Any:
    return Client().get(path, headers={"Authorization": f"Bearer {secret}"})


def test_a_token_is_made_in_the_admin_and_shown_once(admin: Client) -> None:
    secret, page = make_in_admin(admin, make_user("viewer"))
    assert "cannot be shown again" in page
    token = ApiToken.objects.get()
    for path in ("/admin/accounts/apitoken/", f"/admin/accounts/apitoken/{token.pk}/change/"):
        assert secret not in admin.get(path).content.decode()


def test_only_its_hash_is_kept(admin: Client) -> None:
    secret, _ = make_in_admin(admin, make_user("viewer"))
    token = ApiToken.objects.values().get()
    assert token["token_hash"] == hash_of(secret)
    assert secret not in str(token)
    assert len(secret) > 40


def test_a_token_acts_with_the_rights_of_its_user(admin: Client) -> None:
    secret, _ = make_in_admin(admin, make_user("viewer"))
    assert ask(secret).status_code == 200
    assert ask(secret, "/wall/").status_code == 200
    answer = Client().put("/api/feed", "{}", headers={"Authorization": f"Bearer {secret}"})
    assert answer.status_code == 403


@pytest.mark.parametrize("change", ["deactivated", "deleted", "revoked", "out of the group"])
def test_rights_that_end_end_at_once(admin: Client, change: str) -> None:
    user = make_user("viewer")
    secret, _ = make_in_admin(admin, user)
    assert ask(secret).status_code == 200
    if change == "deactivated":
        User.objects.filter(pk=user.pk).update(is_active=False)
    elif change == "deleted":
        user.delete()
    elif change == "revoked":
        ApiToken.objects.all().delete()
    else:
        user.groups.clear()
    assert ask(secret).status_code == (403 if change == "out of the group" else 401)


@pytest.mark.parametrize("secret", ["", "x", PREFIX, f"{PREFIX}{'a' * 43}", "ÿ", "a b", "a" * 8000, "\t"])
def test_an_unknown_token_is_401_and_says_so(secret: str) -> None:
    answer = ask(secret)
    assert answer.status_code == 401
    assert "token" in answer.json()["detail"]
    assert answer["WWW-Authenticate"] == "Bearer"


def test_an_unknown_token_is_not_excused_by_a_session(visit: Visit) -> None:
    assert visit("viewer").get("/api/stats", headers={"Authorization": "Bearer x"}).status_code == 401


@pytest.mark.parametrize("scheme", ["Bearer", "bearer", "BEARER"])
def test_the_schemes_case_does_not_matter(admin: Client, scheme: str) -> None:
    secret, _ = make_in_admin(admin, make_user("viewer"))
    assert Client().get("/api/stats", headers={"Authorization": f"{scheme} {secret}"}).status_code == 200


def test_when_it_was_used_is_noted_at_most_once_a_minute(admin: Client) -> None:
    secret, _ = make_in_admin(admin, make_user("viewer"))
    assert ApiToken.objects.get().last_used_at is None
    ask(secret)
    first = ApiToken.objects.get().last_used_at
    assert first is not None
    ask(secret)
    assert ApiToken.objects.get().last_used_at == first
    earlier = timezone.now() - timedelta(seconds=61)
    ApiToken.objects.update(last_used_at=earlier)
    ask(secret)
    assert ApiToken.objects.filter(last_used_at__gt=earlier).exists()


def test_a_token_keeps_its_user_and_secret_when_it_is_renamed(admin: Client) -> None:
    user, other = make_user("viewer"), make_user("operator")
    secret, _ = make_in_admin(admin, user)
    token = ApiToken.objects.get()
    admin.post(f"/admin/accounts/apitoken/{token.pk}/change/", {"name": "renamed", "user": other.pk})
    token.refresh_from_db()
    assert (token.name, token.user_id, token.token_hash) == ("renamed", user.pk, hash_of(secret))


def test_only_who_may_add_tokens_makes_them(visit: Visit) -> None:
    Group.objects.get(name="viewer").user_set.add(user := make_user("nobody"))
    User.objects.filter(pk=user.pk).update(is_staff=True)
    client = Client()
    client.force_login(user)
    assert client.get(ADD).status_code == 403

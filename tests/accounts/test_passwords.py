"""Another password by mail. The answers are the same for addresses with and without a user."""

from __future__ import annotations

from typing import Any

import pytest
from allauth.account.models import EmailAddress
from django.contrib.auth.models import User
from django.core.cache import cache
from django.test import Client
from pytest_django import Settings

from accounts.addresses import is_unconfirmed
from tests.accounts.letters import newest_link, subjects

OLD, NEW = "Vf8-kestrel-harbour", "Qx2-lantern-meadow"
ADDRESS = "ann@example.com"
RESET = "/accounts/password/reset/"

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("closed")]


@pytest.fixture
def ann(settings: Settings) -> User:
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    cache.clear()
    return User.objects.create_user("ann", email="Ann@Example.com", password=OLD)


def ask(email: str = ADDRESS) -> Any:
    return Client().post(RESET, {"email": email})


def set_password(link: str, password: str = NEW, client: Client | None = None) -> Any:
    """Open the link, which redirects to an address without the secret, and send the form there."""
    client = client or Client()
    opened = client.get(link)
    if opened.status_code != 302:
        return opened
    return client.post(opened.headers["Location"], {"password1": password, "password2": password})


def sign_in(name: str, password: str) -> Any:
    return Client().post("/login/", {"username": name, "password": password})


def test_the_link_in_the_mail_sets_another_password(ann: User) -> None:
    assert ask().headers["Location"] == f"{RESET}done/"
    assert subjects() == [(ADDRESS, "Set another password")]
    answer = set_password(newest_link(ADDRESS))
    assert answer.headers["Location"] == f"{RESET}key/done/"
    assert "The password is set" in Client().get(answer.headers["Location"]).content.decode()
    assert sign_in("ann", OLD).status_code == 200
    assert sign_in("ann", NEW).status_code == 302


def test_the_answer_is_the_same_for_an_unknown_address(ann: User) -> None:
    known, unknown = ask(), ask("unknown@example.com")
    # The time of the answer: a second may pass between the two.
    assert known.headers.keys() == unknown.headers.keys()
    del known.headers["Expires"], unknown.headers["Expires"]
    assert (known.status_code, known.headers) == (unknown.status_code, unknown.headers)
    assert sorted(known.cookies) == sorted(unknown.cookies)
    assert known.content == unknown.content
    # Both write one mail, so the time is the same too.
    assert subjects()[1] == ("unknown@example.com", "No user has this mail address")


def test_a_user_who_is_not_active_gets_no_link(ann: User) -> None:
    User.objects.update(is_active=False)
    ask()
    assert subjects() == [(ADDRESS, "No user has this mail address")]


def test_a_link_works_once_and_for_a_day(ann: User, settings: Settings) -> None:
    ask()
    link = newest_link(ADDRESS)
    settings.PASSWORD_RESET_TIMEOUT = -1
    assert "This link is not valid" in set_password(link).content.decode()
    settings.PASSWORD_RESET_TIMEOUT = 86_400
    assert set_password(link).status_code == 302
    assert "This link is not valid" in set_password(link).content.decode()
    assert "This link is not valid" in Client().get(f"{RESET}key/1-guessed/").content.decode()


def test_a_weak_password_is_refused_and_the_link_stays_valid(ann: User) -> None:
    ask()
    client = Client()
    answer = set_password(newest_link(ADDRESS), "12345678", client)
    assert (answer.status_code, 'role="alert"' in answer.content.decode()) == (200, True)
    assert set_password(newest_link(ADDRESS)).status_code == 302


def test_open_sessions_end_and_api_tokens_stay(ann: User) -> None:
    client = Client()
    client.force_login(ann, "django.contrib.auth.backends.ModelBackend")
    assert client.get("/api/account").status_code == 404
    ask()
    set_password(newest_link(ADDRESS))
    assert client.get("/api/account").status_code == 401


def test_a_user_who_is_locked_out_gets_in_with_the_new_password(ann: User) -> None:
    for _ in range(5):
        sign_in("ann", "wrong")
    assert sign_in("ann", OLD).status_code == 429
    ask()
    set_password(newest_link(ADDRESS))
    assert sign_in("ann", NEW).status_code == 302


def test_attempts_by_address_and_by_user_name_count_together(ann: User) -> None:
    for number in range(4):
        assert sign_in(("ann", ADDRESS)[number % 2], "wrong").status_code == 200
    assert sign_in(ADDRESS, "wrong").status_code == 429
    assert sign_in("ann", OLD).status_code == 429


def test_an_address_of_two_users_signs_in_neither(ann: User) -> None:
    User.objects.create_user("bob", email=ADDRESS, password=OLD)
    assert sign_in(ADDRESS, OLD).status_code == 200
    assert sign_in("ann", OLD).status_code == 302
    ask()
    assert len(subjects()) == 2


def test_the_link_also_confirms_the_address_of_a_sign_up(ann: User) -> None:
    EmailAddress.objects.create(user=ann, email=ADDRESS, primary=True)
    assert is_unconfirmed(ann)
    ask()
    set_password(newest_link(ADDRESS))
    assert not is_unconfirmed(ann)
    assert sign_in(ADDRESS, NEW).status_code == 302


def test_five_mails_an_hour_go_to_one_address_at_most(ann: User) -> None:
    for _ in range(5):
        assert ask().status_code == 302
    assert ask().status_code == 429
    assert ask("unknown@example.com").status_code == 302
    assert len(subjects()) == 6

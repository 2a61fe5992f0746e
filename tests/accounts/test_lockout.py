"""A client that guesses passwords is locked out, per user name and address, and the login page says so."""

from __future__ import annotations

from ipaddress import ip_network
from typing import Any

import pytest
from axes.models import AccessAttempt
from django.contrib.auth.models import User
from django.core.management import call_command
from django.test import Client, RequestFactory
from pytest_django import Settings

from accounts.lockout import address_of
from tests.accounts.conftest import Visit, make_user

PASSWORD = "correct horse battery staple"
LIMIT = 5
pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("closed")]


@pytest.fixture
def person(settings: Settings) -> User:
    """A user with a password. Many passwords are tried here, so a quick hash is used."""
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    user = make_user("viewer")
    user.set_password(PASSWORD)
    user.save()
    return user


def try_to_log_in(password: str, *, address: str = "192.0.2.1", name: str = "viewer", **headers: str) -> Any:
    form = {"username": name, "password": password, "next": "/wall/"}
    return Client().post("/login/", form, REMOTE_ADDR=address, headers=headers)


def fail_until_locked(**how: str) -> Any:
    """The answer to the attempt that is one too many."""
    for _ in range(LIMIT - 1):
        assert try_to_log_in("wrong", **how).status_code == 200
    return try_to_log_in("wrong", **how)


def test_passwords_are_kept_as_argon2_makes_them(admin_user: User) -> None:
    assert admin_user.password.startswith("argon2$argon2id$v=19$m=19456,t=2,p=1$")


def test_after_some_failures_the_right_password_is_refused_too(person: User) -> None:
    assert fail_until_locked().status_code == 429
    assert try_to_log_in(PASSWORD).status_code == 429


def test_the_page_says_what_happened_and_keeps_the_way(person: User) -> None:
    answer = fail_until_locked()
    page = answer.content.decode()
    assert "Try again in 15 minutes" in page
    assert 'role="alert"' in page
    assert 'name="next" value="/wall/"' in page
    assert answer["Retry-After"] == "900"


def test_another_address_and_another_user_may_go_on(person: User) -> None:
    fail_until_locked()
    assert try_to_log_in("wrong", name="somebody").status_code == 200
    assert try_to_log_in(PASSWORD, address="192.0.2.2").status_code == 302


def test_the_admins_login_counts_too(person: User) -> None:
    for _ in range(LIMIT):
        Client().post("/admin/login/", {"username": "viewer", "password": "wrong"}, REMOTE_ADDR="192.0.2.1")
    assert try_to_log_in(PASSWORD).status_code == 429


def test_a_success_forgets_the_failures(person: User) -> None:
    for _ in range(3):
        for _ in range(LIMIT - 1):
            try_to_log_in("wrong")
        assert try_to_log_in(PASSWORD).status_code == 302


def test_an_administrator_lifts_the_lock_in_the_admin(person: User, visit: Visit) -> None:
    fail_until_locked()
    admin = visit("admin")
    admin.handler.enforce_csrf_checks = False
    attempt = AccessAttempt.objects.get()
    assert "192.0.2.1" in admin.get("/admin/axes/accessattempt/").content.decode()
    admin.post(f"/admin/axes/accessattempt/{attempt.pk}/delete/", {"post": "yes"})
    assert try_to_log_in(PASSWORD).status_code == 302


def test_a_command_lifts_it_too(person: User, capsys: pytest.CaptureFixture[str]) -> None:
    fail_until_locked()
    call_command("axes_reset_username", "viewer")
    assert try_to_log_in(PASSWORD).status_code == 302


def test_tokens_and_open_sessions_are_not_locked(person: User) -> None:
    client = Client()
    client.force_login(person, "django.contrib.auth.backends.ModelBackend")
    fail_until_locked()
    assert client.get("/wall/").status_code == 200


def test_what_was_typed_as_the_password_is_kept_nowhere(person: User) -> None:
    try_to_log_in("a-secret-typed-wrong")
    assert "a-secret-typed-wrong" not in str(AccessAttempt.objects.values().get())


@pytest.mark.parametrize("forwarded", ["198.51.100.9", "x", ""])
def test_a_client_cannot_choose_its_address_where_no_proxy_is_trusted(person: User, forwarded: str) -> None:
    fail_until_locked(**{"X-Forwarded-For": forwarded})
    assert try_to_log_in(PASSWORD, **{"X-Forwarded-For": "203.0.113.99"}).status_code == 429


def test_behind_a_trusted_proxy_each_visitor_has_an_address_of_their_own(person: User, settings: Settings) -> None:
    settings.TRUSTED_PROXIES = (ip_network("10.0.0.0/8"),)
    proxied = {"address": "10.0.0.7"}
    assert fail_until_locked(**proxied, **{"X-Forwarded-For": "198.51.100.9"}).status_code == 429
    assert try_to_log_in(PASSWORD, **proxied, **{"X-Forwarded-For": "198.51.100.8"}).status_code == 302
    # What stands to the left was written by the visitor.
    assert try_to_log_in(PASSWORD, **proxied, **{"X-Forwarded-For": "198.51.100.8, 198.51.100.9"}).status_code == 429


@pytest.mark.parametrize(
    ("remote", "forwarded", "expected"),
    [
        ("192.0.2.1", "198.51.100.9", "192.0.2.1"),
        ("10.0.0.1", "198.51.100.9", "198.51.100.9"),
        ("10.0.0.1", "198.51.100.9, 10.0.0.2", "198.51.100.9"),
        ("10.0.0.1", "10.0.0.3, 10.0.0.2", "10.0.0.3"),
        ("10.0.0.1", "198.51.100.9, nonsense", "10.0.0.1"),
        ("10.0.0.1", "", "10.0.0.1"),
        ("::ffff:10.0.0.1", "2001:db8::1", "2001:db8::1"),
        ("", "198.51.100.9", None),
    ],
)
def test_a_forwarded_address_is_trusted_only_as_far_as_our_proxies_wrote_it(
    settings: Settings, remote: str, forwarded: str, expected: str | None
) -> None:
    settings.TRUSTED_PROXIES = (ip_network("10.0.0.0/8"),)
    request = RequestFactory().get("/", REMOTE_ADDR=remote, headers={"X-Forwarded-For": forwarded})
    assert address_of(request) == expected

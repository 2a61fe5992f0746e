"""Sign-up makes a user with an account, which can be used once the mail address is confirmed."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from allauth.account.models import EmailAddress
from django.contrib.auth.hashers import MD5PasswordHasher
from django.contrib.auth.models import User
from django.core import mail
from django.core.cache import cache
from django.test import Client
from django.utils import timezone
from pytest_django import Settings

from accounts.addresses import is_unconfirmed
from stores.members.models import Membership
from stores.members.unconfirmed import KEPT
from stores.models import Account
from tests.accounts.letters import newest_link, subjects
from tests.stack import free_port

PASSWORD = "Vf8-kestrel-harbour"
ADDRESS = "ann@example.com"
FORM = {"account_name": "Café Nord", "email": ADDRESS, "password1": PASSWORD, "password2": PASSWORD}
SIGNUP, SENT = "/accounts/signup/", "/accounts/confirm-email/"

pytestmark = pytest.mark.django_db


class Counting(MD5PasswordHasher):
    """Counts the hashes that it makes."""

    count = 0

    def encode(self, *args: Any, **options: Any) -> str:
        Counting.count += 1
        return super().encode(*args, **options)


@pytest.fixture(autouse=True)
def is_open(settings: Settings) -> None:
    cache.clear()
    settings.INVOICEDASH_OPEN = False
    settings.SIGNUP_OPEN = True
    # However slow this machine is, a test ends within the hour.
    settings.ACCOUNT_RATE_LIMITS = {"signup": "20/h/ip", "confirm_email": "1/h/key"}


def sign_up(changes: dict[str, str] | None = None, *, client: Client | None = None) -> Any:
    return (client or Client()).post(SIGNUP, FORM | (changes or {}))


def sign_in(client: Client, name: str, password: str = PASSWORD) -> Any:
    return client.post("/login/", {"username": name, "password": password})


def test_a_sign_up_makes_an_account_with_the_new_user_as_its_owner() -> None:
    assert sign_up().headers["Location"] == SENT
    member = Membership.objects.get()
    assert (member.role, member.account.name, member.account.slug) == ("owner", "Café Nord", "cafe-nord")
    user: Any = member.user
    assert (user.username, user.email, user.is_staff) == ("ann", ADDRESS, False)
    assert user.password.startswith("argon2$argon2id$v=19$m=19456,t=2,p=1$")
    assert subjects() == [(ADDRESS, "Confirm your mail address")]


def test_the_link_confirms_by_its_button_and_signs_in_the_browser_of_the_sign_up() -> None:
    client = Client()
    sign_up(client=client)
    link = newest_link(ADDRESS)
    assert ADDRESS in client.get(link).content.decode()
    assert is_unconfirmed(User.objects.get())
    assert client.get("/api/account").status_code == 401
    answer = client.post(link)
    assert (answer.status_code, answer.headers["Location"]) == (302, "/stores/")
    account = client.get("/api/account").json()
    assert (account["slug"], account["role"]) == ("cafe-nord", "owner")


def test_another_browser_confirms_and_then_signs_in_by_address_or_user_name() -> None:
    sign_up()
    answer = Client().post(newest_link(ADDRESS))
    assert answer.headers["Location"] == "/login/?confirmed=1"
    assert "is confirmed" in Client().get(answer.headers["Location"]).content.decode()
    for name in ("ann", "ann@example.com", "Ann@Example.com"):
        client = Client()
        assert sign_in(client, name).status_code == 302, name
        assert client.get("/api/account").status_code == 200


def test_before_the_confirmation_the_right_password_only_sends_the_link_again() -> None:
    sign_up()
    cache.clear()
    answer = sign_in(Client(), ADDRESS)
    assert answer.status_code == 200
    assert "Confirm your mail address first" in answer.content.decode()
    assert subjects() == [(ADDRESS, "Confirm your mail address")] * 2
    assert "Confirm your mail address" not in sign_in(Client(), ADDRESS, "wrong").content.decode()
    # The mails to one address are limited.
    sign_in(Client(), ADDRESS)
    assert len(mail.outbox) == 2


def test_a_link_is_valid_once_and_three_days(settings: Settings) -> None:
    sign_up()
    link = newest_link(ADDRESS)
    settings.ACCOUNT_EMAIL_CONFIRMATION_EXPIRE_DAYS = -1
    for answer in (Client().get(link), Client().post(link)):
        assert answer.status_code == 404
        assert "This link is not valid" in answer.content.decode()
    settings.ACCOUNT_EMAIL_CONFIRMATION_EXPIRE_DAYS = 3
    assert Client().post(link).status_code == 302
    assert Client().post(link).status_code == 404
    assert Client().get("/accounts/confirm-email/guessed/").status_code == 404


def test_the_answer_is_the_same_for_an_address_that_has_a_user(settings: Settings) -> None:
    settings.PASSWORD_HASHERS = ["tests.stores.test_signup.Counting"]
    User.objects.create_user("other", email="Known@Example.com")
    answers = []
    for address in ("unknown@example.com", "known@example.com"):
        Counting.count = 0
        answer = sign_up({"email": address})
        answers.append((answer.status_code, answer.headers["Location"], sorted(answer.cookies), Counting.count))
    assert answers[0] == answers[1]
    assert answers[0][3] == 1
    assert User.objects.count() == 2
    assert subjects()[1] == ("known@example.com", "You have an account already")


def test_a_second_sign_up_before_the_confirmation_changes_nothing() -> None:
    """Otherwise a stranger who signed up first with a person's address would choose the password for them."""
    sign_up()
    cache.clear()
    sign_up({"password1": "Other-9-harbours", "password2": "Other-9-harbours"})
    assert User.objects.get().check_password(PASSWORD)
    assert subjects()[1] == (ADDRESS, "You have an account already")


def test_accounts_of_the_same_name_have_different_slugs() -> None:
    sign_up()
    sign_up({"email": "bob@example.com"})
    slugs = Account.objects.filter(name="Café Nord").values_list("slug", flat=True)
    assert len(set(slugs)) == 2


@pytest.mark.parametrize(
    "changes",
    [
        {"password1": "12345678", "password2": "12345678"},
        {"password2": "Another-8-harbour"},
        {"email": "ann"},
        {"email": "ann@example.com\nBcc: bob@example.com"},
        {"account_name": " "},
        {"account_name": "x" * 101},
    ],
)
def test_a_bad_value_makes_nothing_and_is_explained(changes: dict[str, str]) -> None:
    answer = sign_up(changes)
    assert answer.status_code == 200
    assert 'role="alert"' in answer.content.decode()
    assert not User.objects.exists()
    assert mail.outbox == []


def test_a_closed_installation_says_that_an_invitation_is_needed(settings: Settings) -> None:
    settings.SIGNUP_OPEN = False
    for answer in (Client().get(SIGNUP), sign_up()):
        assert answer.status_code == 404
        assert "An invitation is needed" in answer.content.decode()
    assert not User.objects.exists()
    assert SIGNUP not in Client().get("/login/").content.decode()
    settings.SIGNUP_OPEN = True
    assert SIGNUP in Client().get("/login/").content.decode()


def test_a_client_cannot_choose_the_host_of_a_link(settings: Settings) -> None:
    settings.ALLOWED_HOSTS = ["evil.example"]
    settings.PUBLIC_URL = "https://desk.example.com"
    Client().post(SIGNUP, FORM, headers={"Host": "evil.example"})
    newest_link(ADDRESS)
    assert "evil" not in str(mail.outbox[0].message())


def test_the_requests_of_one_client_are_limited() -> None:
    for number in range(20):
        assert sign_up({"email": f"n{number}", "password1": "x"}).status_code == 200
    answer = sign_up()
    assert answer.status_code == 429
    assert "Too many requests" in answer.content.decode()


def test_without_redis_the_page_says_to_try_again(settings: Settings) -> None:
    location = f"redis://127.0.0.1:{free_port()}/0"
    settings.CACHES = {"default": settings.CACHES["default"] | {"LOCATION": location}}
    answer = sign_up()
    assert (answer.status_code, answer.headers["Retry-After"]) == (503, "10")
    assert Client().get("/login/").status_code == 200
    assert not User.objects.exists()


def test_sign_ups_that_were_not_confirmed_are_removed_after_a_week() -> None:
    sign_up()
    sign_up({"email": "new@example.com"})
    sign_up({"email": "confirmed@example.com"})
    EmailAddress.objects.filter(email="confirmed@example.com").update(verified=True)
    User.objects.create_user("made by an administrator", email="admin@example.com")
    User.objects.exclude(email="new@example.com").update(date_joined=timezone.now() - KEPT - timedelta(hours=1))
    sign_up({"email": "last@example.com"})
    addresses = set(User.objects.values_list("email", flat=True))
    assert addresses == {"new@example.com", "confirmed@example.com", "admin@example.com", "last@example.com"}
    assert Account.objects.filter(name="Café Nord").count() == 3

"""A start prepares the database."""

from __future__ import annotations

import pytest
from django.contrib.auth.models import User

from local import prepare

pytestmark = pytest.mark.django_db


def admin() -> User:
    return User.objects.get(username="admin")


@pytest.fixture(autouse=True)
def made_password(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ADMIN_PASSWORD", "the made one")


def test_the_first_start_makes_the_admin_with_the_made_password() -> None:
    assert prepare.ensure_admin(is_given=False)
    assert admin().is_superuser
    assert admin().check_password("the made one")


def test_a_password_that_was_changed_since_outlives_the_next_start() -> None:
    prepare.ensure_admin(is_given=False)
    user = admin()
    user.set_password("the user's own")
    user.save()
    assert not prepare.ensure_admin(is_given=False)
    assert admin().check_password("the user's own")


def test_a_password_that_the_environment_gives_is_applied_at_every_start(monkeypatch: pytest.MonkeyPatch) -> None:
    prepare.ensure_admin(is_given=False)
    monkeypatch.setenv("ADMIN_PASSWORD", "a given one")
    assert prepare.ensure_admin(is_given=True)
    assert admin().check_password("a given one")


def test_a_database_that_is_up_to_date_is_migrated_without_a_word(capsys: pytest.CaptureFixture[str]) -> None:
    prepare.migrate()
    assert capsys.readouterr().out == ""

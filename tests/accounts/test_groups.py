"""A new installation has three groups, and an admin when a password is set."""

from __future__ import annotations

from io import StringIO
from typing import Any

import pytest
from django.contrib.auth.models import Group, Permission, User
from django.core.management import CommandError, call_command

from accounts.groups import ensure_groups

pytestmark = pytest.mark.django_db


def rights(group: str) -> set[str]:
    return set(Group.objects.get(name=group).permissions.values_list("codename", flat=True))


def test_viewers_look_and_change_nothing() -> None:
    assert "view_invoice" in rights("viewer")
    assert all(right.startswith("view_") for right in rights("viewer"))
    assert not any("user" in right or "token" in right for right in rights("viewer"))


def test_operators_control_besides() -> None:
    assert rights("operator") - rights("viewer") == {"control_generation", "change_cursor"}


def test_admins_may_do_everything_there_is() -> None:
    assert len(rights("admin")) == len(set(Permission.objects.values_list("codename", flat=True)))
    assert Group.objects.get(name="admin").permissions.count() == Permission.objects.count()


def test_a_group_that_was_changed_stays_changed_and_a_missing_one_returns() -> None:
    Group.objects.get(name="viewer").permissions.clear()
    Group.objects.get(name="operator").delete()
    ensure_groups()
    assert rights("viewer") == set()
    assert "control_generation" in rights("operator")


def ensure_admin(monkeypatch: Any, password: str | None) -> None:
    if password is None:
        monkeypatch.delenv("ADMIN_PASSWORD", raising=False)
    else:
        monkeypatch.setenv("ADMIN_PASSWORD", password)
    call_command("ensure_admin", stdout=StringIO())


def test_ensure_admin_makes_a_superuser_with_the_password(monkeypatch: pytest.MonkeyPatch) -> None:
    ensure_admin(monkeypatch, "the first one")
    admin = User.objects.get(username="admin")
    assert (admin.is_staff, admin.is_superuser) == (True, True)
    assert admin.check_password("the first one")


def test_ensure_admin_sets_another_password_and_leaves_the_same_one(monkeypatch: pytest.MonkeyPatch) -> None:
    ensure_admin(monkeypatch, "the first one")
    kept = User.objects.get().password
    ensure_admin(monkeypatch, "the first one")
    assert User.objects.get().password == kept
    ensure_admin(monkeypatch, "another one")
    assert User.objects.get().check_password("another one")


def test_ensure_admin_without_a_password_says_what_is_missing(monkeypatch: pytest.MonkeyPatch) -> None:
    for nothing in (None, ""):
        with pytest.raises(CommandError, match="ADMIN_PASSWORD"):
            ensure_admin(monkeypatch, nothing)
    assert not User.objects.exists()

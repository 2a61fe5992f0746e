"""Clients of every role."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.contrib.auth.models import Group, User
from django.core.cache import cache
from django.test import Client
from pytest_django import Settings

Visit = Callable[..., Client]
ROLES = ("anonymous", "nobody", "viewer", "operator", "admin")


def make_user(role: str) -> User:
    """A user in the group of that name; `nobody` is in none."""
    user = User.objects.create_user(role, is_staff=role == "admin")
    if role != "nobody":
        user.groups.add(Group.objects.get(name=role))
    return user


@pytest.fixture
def closed(settings: Settings) -> None:
    """Only who is known may come in, as with INVOICEDASH_OPEN=0."""
    settings.INVOICEDASH_OPEN = False


@pytest.fixture
def opened(settings: Settings) -> None:
    """Everyone on this machine may do everything, as with INVOICEDASH_OPEN=1."""
    settings.INVOICEDASH_OPEN = True


@pytest.fixture
def visit(db: None) -> Visit:
    """A client of a user with that role, logged in unless anonymous; CSRF is checked as in production."""
    cache.clear()

    def make(role: str) -> Client:
        client = Client(enforce_csrf_checks=True)
        if role != "anonymous":
            client.force_login(make_user(role))
        return client

    return make

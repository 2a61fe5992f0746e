"""Two accounts with a store each: Nordwind has an owner, a mate and a viewer; a stranger owns the other account."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.core.cache import cache
from django.test import Client
from pytest_django import Settings

from stores.members.models import Membership
from stores.members.roles import Role
from stores.models import Account, Store
from stores.opening import Wanted, open_store

ROLES = {"owner": Role.OWNER, "mate": Role.ADMIN, "viewer": Role.VIEWER}
PEOPLE = (*ROLES, "stranger", "outsider", "anonymous")


@dataclass
class Two:
    """The two accounts, and clients of the people by their names."""

    account: Account
    store: Store
    foreign: Store
    clients: dict[str, Client] = field(default_factory=dict)

    def call(self, name: str, method: str, path: str, body: Any = None) -> Any:
        """The answer to a call that this person makes."""
        return self.clients[name].generic(method, path, body or "", content_type="application/json")


@pytest.fixture(autouse=True)
def data_dir(settings: Settings, tmp_path: Path) -> Path:
    """Keys of a test are its own."""
    settings.INVOICEDASH_DATA_DIR = tmp_path
    settings.STORES_ENCRYPTION_KEYS = None
    return tmp_path


@pytest.fixture
def two(db: None, settings: Settings) -> Two:
    """Two accounts on a desk that is not open."""
    settings.INVOICEDASH_OPEN = False
    cache.clear()
    return make_two()


def make_two() -> Two:
    """The two accounts in the database, with their people."""
    account = Account.objects.create(slug="nordwind", name="Nordwind")
    other = Account.objects.create(slug="strangers", name="Strangers")
    two = Two(
        account, open_store(account, Wanted(name="Nord Shop", currency="EUR")),
        open_store(other, Wanted(name="Foreign Shop", currency="EUR")),
    )  # fmt: skip
    for name in PEOPLE:
        two.clients[name] = Client()
        if name != "anonymous":
            user = User.objects.create_user(f"the {name}", email=f"{name}@example.com")
            two.clients[name].force_login(user)
            _join(user, name, account, other)
    return two


def _join(user: User, name: str, account: Account, other: Account) -> None:
    if name in ROLES:
        Membership.objects.create(account=account, user=user, role=ROLES[name])
    elif name == "stranger":
        Membership.objects.create(account=other, user=user, role=Role.OWNER)

"""A user who may view, in the tests' database."""

from __future__ import annotations

import pytest
from django.contrib.auth.models import Group, User

from accounts.groups import ensure_groups
from accounts.models import ApiToken


@pytest.fixture
def viewer(transactional_db: None) -> str:
    """The API token of a user who may view."""
    ensure_groups()
    user = User.objects.create_user("viewer")
    user.groups.add(Group.objects.get(name="viewer"))
    made = ApiToken(user=user, name="viewer")
    token = made.make()
    made.save()
    return token

"""Opening an account, with its owner."""

from __future__ import annotations

from django.contrib.auth.models import User
from django.db import transaction

from stores.members.members import add_member
from stores.members.models import Membership
from stores.members.roles import Role
from stores.models import DEFAULT_ACCOUNT_ID, Account
from stores.slugs import make_slug


@transaction.atomic
def open_account(owner: User, name: str) -> Membership:
    """Open an account with `owner` as its owner. Accounts open one after the other, so that each finds a free slug."""
    Account.objects.select_for_update(no_key=True).get(pk=DEFAULT_ACCOUNT_ID)
    slug = make_slug(name, is_taken=lambda slug: Account.objects.filter(slug=slug).exists())
    return add_member(Account.objects.create(slug=slug, name=name), owner, Role.OWNER)

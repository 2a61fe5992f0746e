"""The JSON form of an account and of its members, for the API and the page."""

from __future__ import annotations

from typing import Any

from runtime.formats import iso
from stores.members.models import Membership
from stores.members.roles import Role
from stores.models import Account, Store

# Without billing nothing is limited.
PLAN = "pro"


def present_account(account: Account, role: Role) -> dict[str, Any]:
    """The account for a member in `role`, with its limits and what is used of them."""
    counted = Store.objects.filter(account=account, is_demo=False).exclude(status=Store.Status.ERASED)
    return {
        "slug": account.slug,
        "name": account.name,
        "plan": PLAN,
        "role": role,
        "limits": {"stores": {"limit": None, "used": counted.count()}},
    }


def present_member(member: Membership) -> dict[str, Any]:
    """A member with the name and the address of the user."""
    user: Any = member.user
    return {
        "id": member.pk,
        "username": user.get_username(),
        "email": user.email,
        "role": member.role,
        "created_at": iso(member.created_at),
    }

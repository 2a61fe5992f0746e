"""Who makes a request, and in which role for which account.

A stranger gets the answer of an account or store that does not exist: an answer reveals nothing of another account.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest

from accounts import access
from stores.members.models import Membership
from stores.members.roles import Role
from stores.models import DEFAULT_ACCOUNT_ID, Account, Store
from stores.queries import UnknownStore

# The permissions of groups that give a role in the default account, the most first.
_GROUP_ROLES = (("stores.change_account", Role.OWNER), (access.CONTROL, Role.ADMIN), (access.VIEW, Role.VIEWER))
_FEED_ROLES = {access.VIEW: Role.VIEWER, access.CONTROL: Role.ADMIN}
STORE_FEED = "store-"


class UnknownAccount(LookupError):
    """The caller is a member of no account of that name."""


@dataclass(frozen=True)
class Caller:
    """A user with their roles by the ids of accounts. `user` is None for a visitor of an open desk."""

    user: Any
    roles: Mapping[int, Role] = field(default_factory=dict)

    @property
    def name(self) -> str:
        """The name that jobs and letters show."""
        return self.user.get_username() if self.user is not None else ""


def caller_of(request: HttpRequest) -> Caller:
    """The caller of this request, read once."""
    found: Caller | None = getattr(request, "_caller", None)
    if found is None:
        found = _read_caller(request)
        request._caller = found  # type: ignore[attr-defined]
    return found


def roles_of(user: Any) -> dict[int, Role]:
    """The roles of a user. A membership in the default account goes before the role by the user's groups."""
    if user is None or not user.is_authenticated or not user.is_active:
        return {}
    rows = Membership.objects.filter(user_id=user.pk).values_list("account_id", "role")
    return _group_role(user) | {account: Role(role) for account, role in rows}


def account_for(caller: Caller, slug: str | None, needs: Role) -> Account:
    """The account `slug`, or else the caller's oldest one. Raises `UnknownAccount`, or `PermissionDenied` for a member
    without the role.
    """
    mine = Account.objects.filter(pk__in=caller.roles).order_by("pk")
    found = (mine if slug is None else mine.filter(slug=slug)).first()
    if found is None:
        raise UnknownAccount("You are not a member of such an account: ask its owner for an invitation.")
    require_role(caller, found.pk, needs)
    return found


def store_for(caller: Caller, slug: str, needs: Role) -> Store:
    """The store `slug`. Raises `UnknownStore`, or `PermissionDenied` for a member without the role."""
    found = Store.objects.filter(slug=slug, account_id__in=caller.roles).select_related("account").first()
    if found is None:
        raise UnknownStore(f"{slug[:60]!r} is not a store: GET /api/stores lists the stores.")
    require_role(caller, found.owner.pk, needs)
    return found


def require_role(caller: Caller, account_id: int, needs: Role) -> None:
    """Raises `PermissionDenied` unless the caller has the role, or one above, in the account."""
    if not caller.roles[account_id].includes(needs):
        raise PermissionDenied(f"This takes the role {needs} in the account; ask an owner of the account for it.")


def has_shops(account_ids: Collection[int]) -> bool:
    """Whether one of these accounts has a store with a shop."""
    shops = Store.objects.filter(account_id__in=account_ids).exclude(platform=Store.Platform.MANUAL)
    return shops.exclude(status=Store.Status.ERASED).exists()


def may_use_feed(user: Any, permission: str, feed: str) -> bool:
    """Whether membership lets `user` use the feed of a store, whatever the groups of the user allow."""
    if not feed.startswith(STORE_FEED):
        return False
    roles = {account for account, role in roles_of(user).items() if role.includes(_FEED_ROLES[permission])}
    return Store.objects.filter(slug=feed.removeprefix(STORE_FEED), account_id__in=roles).exists()


def _read_caller(request: HttpRequest) -> Caller:
    user = access.user_who_asks(request)
    if access.is_open():
        return Caller(user, {**roles_of(user), DEFAULT_ACCOUNT_ID: Role.OWNER})
    return Caller(user, roles_of(user))


def _group_role(user: Any) -> dict[int, Role]:
    role = next((role for permission, role in _GROUP_ROLES if access.has(user, permission)), None)
    return {} if role is None else {DEFAULT_ACCOUNT_ID: role}

"""The members of an account: their roles, and how they leave. An account always has an owner."""

from __future__ import annotations

from django.contrib.auth.models import User
from django.core.exceptions import PermissionDenied
from django.db import transaction

from stores.members.callers import Caller
from stores.members.models import Invitation, Membership
from stores.members.roles import Role
from stores.members.sockets import rights_topics
from stores.models import Account, Store
from streaming import feed as feeds


class UnknownMember(LookupError):
    """The account has no such member."""


class AlreadyMember(RuntimeError):
    """The user is a member of the account already."""


class LastOwner(RuntimeError):
    """The account would be left without an owner."""


@transaction.atomic
def add_member(account: Account, user: User, role: Role) -> Membership:
    """Make `user` a member; raises `AlreadyMember`."""
    member, is_new = Membership.objects.get_or_create(account=account, user=user, defaults={"role": role})
    if not is_new:
        raise AlreadyMember(f"The user is a member of account {account.slug} already: change the role instead.")
    return member


@transaction.atomic
def change_role(caller: Caller, account: Account, member_id: int, role: Role) -> Membership:
    """Give a member another role; raises `UnknownMember`, `LastOwner`, and `PermissionDenied` for an admin who changes
    an owner or makes one.
    """
    member = _lock(account, member_id)
    check_rank(caller, account, Role(member.role), role)
    if role != Role.OWNER:
        _check_another_owner(account, member)
    member.role = role
    member.save(update_fields=["role"])
    notify_changed(account)
    return member


@transaction.atomic
def remove_member(caller: Caller, account: Account, member_id: int) -> None:
    """Remove a member, or leave; raises as `change_role` does. Every member may leave. Open invitations of the member's
    address end, and open WebSockets close.
    """
    member = _lock(account, member_id)
    is_self = caller.user is not None and member.user_id == caller.user.pk
    if not is_self:
        check_rank(caller, account, Role.ADMIN, Role(member.role))
    _check_another_owner(account, member)
    Invitation.objects.filter(account=account, email__iexact=member.user.email).withdraw()
    member.delete()
    notify_changed(account)


def notify_changed(account: Account) -> None:
    """Have the open WebSockets of the account and of its stores checked again, after the commit."""
    feed_names = [store.feed_name for store in Store.objects.filter(account=account)]
    for topic in [*rights_topics([account.pk]), *feed_names]:
        feeds.notify_rights(topic)


def _lock(account: Account, member_id: int) -> Membership:
    """The member, with the row of the account locked: of two owners who leave at once, one stays."""
    Account.objects.select_for_update(no_key=True).get(pk=account.pk)
    member = Membership.objects.select_related("user").filter(account=account, pk=member_id).first()
    if member is None:
        raise UnknownMember(f"The account has no member {member_id}.")
    return member


def check_rank(caller: Caller, account: Account, *roles: Role) -> None:
    """Raises `PermissionDenied` unless the caller has each of these roles, and at least that of an admin."""
    own = caller.roles[account.pk]
    if not all(own.includes(role) for role in (Role.ADMIN, *roles)):
        raise PermissionDenied("This takes the role of an admin, and that of an owner where it is about an owner.")


def _check_another_owner(account: Account, member: Membership) -> None:
    others = Membership.objects.filter(account=account, role=Role.OWNER).exclude(pk=member.pk)
    if member.role == Role.OWNER and not others.exists():
        raise LastOwner("The last owner cannot leave the account or take another role: make another owner first.")

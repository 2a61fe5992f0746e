"""Invitations by mail. The link in the mail is valid once, for a week; only the hash of its token is stored."""

from __future__ import annotations

import hashlib
import secrets
from datetime import timedelta

from django.conf import settings
from django.contrib.auth.models import User
from django.core.exceptions import PermissionDenied
from django.core.mail import send_mail
from django.db import transaction

from runtime.clock import ClockTimestamp
from stores.members.callers import Caller
from stores.members.members import AlreadyMember, add_member
from stores.members.models import Invitation, Membership
from stores.members.roles import Role
from stores.models import Account

VALID = timedelta(days=7)
TOKEN_BYTES = 32
PATH = "/accounts/invitations/"
_TEXT = """{who} invites you to the account "{account}" of invoicedash, as {role}.

Open this link to accept. It is valid once, for {days} days:

{link}

If you did not expect this message, ignore it.
"""


class UnknownInvitation(LookupError):
    """The token is not that of an open invitation: it is wrong, used or expired."""

    def __init__(self) -> None:
        super().__init__("This invitation is not valid: it was used, or it has expired. Ask for another one.")


@transaction.atomic
def invite(caller: Caller, account: Account, *, email: str, role: Role) -> Invitation:
    """Invite an address; the mail is sent after the commit. Raises `AlreadyMember`, and `PermissionDenied` for an admin
    who invites an owner. An earlier invitation of the address ends.
    """
    if not caller.roles[account.pk].includes(role):
        raise PermissionDenied(f"Only an owner of the account can invite an {role}.")
    if Membership.objects.filter(account=account, user__email__iexact=email).exists():
        raise AlreadyMember(f"{email[:100]} is a member of account {account.slug} already: change the role instead.")
    Invitation.objects.filter(account=account, email__iexact=email, accepted_at=None).delete()
    token = secrets.token_urlsafe(TOKEN_BYTES)
    invitation = Invitation.objects.create(
        account=account, email=email, role=role, token_hash=hash_of(token), expires_at=ClockTimestamp() + VALID
    )
    invitation.refresh_from_db()
    _send(caller, invitation, token)
    return invitation


def find_invitation(token: str) -> Invitation:
    """The open invitation of `token`; raises `UnknownInvitation`."""
    found = Invitation.objects.select_related("account").filter(
        token_hash=hash_of(token), accepted_at=None, expires_at__gt=ClockTimestamp()
    )
    if (invitation := found.first()) is None:
        raise UnknownInvitation
    return invitation


@transaction.atomic
def accept(token: str, user: User) -> Membership:
    """Make `user` a member; raises `UnknownInvitation` and `AlreadyMember`. Of two requests at once, one succeeds."""
    invitation = find_invitation(token)
    claimed = Invitation.objects.filter(pk=invitation.pk, accepted_at=None).update(accepted_at=ClockTimestamp())
    if not claimed:
        raise UnknownInvitation
    return add_member(invitation.account, user, Role(invitation.role))


def hash_of(token: str) -> str:
    """The stored hash of `token`. A token is long and random, so one round of SHA-256 is enough."""
    return hashlib.sha256(token.encode()).hexdigest()


def _send(caller: Caller, invitation: Invitation, token: str) -> None:
    text = _TEXT.format(
        who=caller.name or "The operator", account=invitation.account.name, role=invitation.role, days=VALID.days,
        link=f"{settings.PUBLIC_URL}{PATH}{token}/",
    )  # fmt: skip
    subject = " ".join(f"Invitation to {invitation.account.name}".split())
    send_mail(subject, text, None, [invitation.email])

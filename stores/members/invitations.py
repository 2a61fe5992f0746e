"""Invitations by mail. The link in the mail is valid once, for a week; only the hash of its token is stored."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Callable
from datetime import timedelta

from django.conf import settings
from django.contrib.auth.models import User
from django.core.exceptions import PermissionDenied
from django.core.mail import send_mail
from django.db import transaction

from runtime.clock import ClockTimestamp
from stores.members.callers import Caller
from stores.members.members import AlreadyMember, add_member, check_rank
from stores.members.models import Invitation, Membership
from stores.members.roles import Role
from stores.models import Account

VALID = timedelta(days=7)
# Until when the page of a link can say what became of it.
KEPT = timedelta(days=90)
MOST_PER_DAY = 50
TOKEN_BYTES = 32
PATH = "/accounts/invitations/"
_TEXT = """{who} invites you to the account "{account}" of invoicedash, as {role}.

Open this link to accept. It is valid once, for {days} days:

{link}

If you did not expect this message, ignore it.
"""


class UnknownInvitation(LookupError):
    """There is no such invitation."""


class ClosedInvitation(RuntimeError):
    """The invitation was used or withdrawn, or it has expired; the message says what to do."""


class TooManyInvitations(RuntimeError):
    """The account has sent as many invitations as a day allows."""


@transaction.atomic
def invite(caller: Caller, account: Account, *, email: str, role: Role) -> Invitation:
    """Invite an address; the mail is sent after the commit. Raises `AlreadyMember`, `TooManyInvitations`, and
    `PermissionDenied` for an admin who invites an owner. An earlier invitation of the address ends.
    """
    if not caller.roles[account.pk].includes(role):
        raise PermissionDenied(f"Only an owner of the account can invite an {role}.")
    if Membership.objects.filter(account=account, user__email__iexact=email).exists():
        raise AlreadyMember(f"{email[:100]} is a member of account {account.slug} already: change the role instead.")
    _check_limit(account)
    Invitation.objects.filter(account=account, email__iexact=email).withdraw()
    token = secrets.token_urlsafe(TOKEN_BYTES)
    invitation = Invitation.objects.create(
        account=account, email=email, role=role, token_hash=hash_of(token), expires_at=ClockTimestamp() + VALID
    )
    invitation.refresh_from_db()
    _send(caller, invitation, token)
    return invitation


def withdraw(caller: Caller, account: Account, invitation_id: int) -> None:
    """End an invitation; raises `UnknownInvitation` without such an open one, and `PermissionDenied` for a viewer, and
    for an admin who withdraws that of an owner.
    """
    rows = Invitation.objects.filter(account=account, pk=invitation_id)
    for invitation in rows:
        check_rank(caller, account, Role(invitation.role))
    if not rows.withdraw():
        raise UnknownInvitation(f"The account has no open invitation {invitation_id}.")


def find_invitation(token: str) -> Invitation:
    """The open invitation of `token`; raises `UnknownInvitation` and `ClosedInvitation`."""
    invitation = Invitation.objects.select_related("account").filter(token_hash=hash_of(token)).first()
    if invitation is None:
        raise UnknownInvitation("This is not the link of an invitation. Copy the whole link from the mail.")
    if not Invitation.objects.open().filter(pk=invitation.pk).exists():
        raise ClosedInvitation(_explain(invitation))
    return invitation


@transaction.atomic
def accept(token: str, make_user: Callable[[str], User]) -> Membership:
    """Make the user that `make_user` returns for the invited address a member; raises `UnknownInvitation`,
    `ClosedInvitation` and `AlreadyMember`. Of two requests at once, one succeeds.
    """
    invitation = find_invitation(token)
    if not Invitation.objects.open().filter(pk=invitation.pk).update(accepted_at=ClockTimestamp()):
        invitation.refresh_from_db()
        raise ClosedInvitation(_explain(invitation))
    return add_member(invitation.account, make_user(invitation.email), Role(invitation.role))


def hash_of(token: str) -> str:
    """The stored hash of `token`. A token is long and random, so one round of SHA-256 is enough."""
    return hashlib.sha256(token.encode()).hexdigest()


def _check_limit(account: Account) -> None:
    """Mails go to any address, so their number is limited. Old invitations are removed on the way."""
    mine = Invitation.objects.filter(account=account)
    mine.filter(expires_at__lt=ClockTimestamp() - KEPT).delete()
    if mine.filter(created_at__gt=ClockTimestamp() - timedelta(days=1)).count() >= MOST_PER_DAY:
        raise TooManyInvitations(f"The account has sent {MOST_PER_DAY} invitations within a day: try again tomorrow.")


def _explain(invitation: Invitation) -> str:
    if invitation.accepted_at is not None:
        return f"It was used on {invitation.accepted_at:%-d %B %Y}. If that was you, sign in."
    ask = f"Ask an owner of the account {invitation.account.name} for another one."
    if invitation.withdrawn_at is not None:
        return f"It was withdrawn, or a newer one was sent. Look for a newer mail. {ask}"
    return f"It expired on {invitation.expires_at:%-d %B %Y}. {ask}"


def _send(caller: Caller, invitation: Invitation, token: str) -> None:
    text = _TEXT.format(
        who=caller.name or "The operator", account=invitation.account.name, role=invitation.role, days=VALID.days,
        link=f"{settings.PUBLIC_URL}{PATH}{token}/",
    )  # fmt: skip
    subject = " ".join(f"Invitation to {invitation.account.name}".split())
    send_mail(subject, text, None, [invitation.email])

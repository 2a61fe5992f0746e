"""The members of an account, and invitations."""

from __future__ import annotations

from typing import Any

from django.contrib.auth import get_user_model
from django.http import HttpRequest, HttpResponse
from ninja import Router, Status
from ninja.errors import ValidationError

from accounts.access import SIGNED_IN
from runtime.formats import iso
from stores.api.chosen import LARGEST_ID, READ_ERRORS, WRITE_ERRORS, AccountSlug, chosen_account
from stores.api.repeated import KEY_HEADER, Key, create_once
from stores.api.schemas import (
    InvitationIn,
    InvitationOut,
    InvitationsOut,
    MemberChange,
    MemberIn,
    MemberOut,
    MembersOut,
)
from stores.members import invitations, members
from stores.members.callers import caller_of, require_role
from stores.members.invitations import UnknownInvitation
from stores.members.members import UnknownMember
from stores.members.models import Invitation, Membership
from stores.members.roles import Role
from stores.members.serialize import present_member
from web.permissions import requires

router = Router(tags=["accounts"])
can_withdraw = requires(SIGNED_IN, advice="GET /api/account/invitations has the present state.")
can_change = requires(SIGNED_IN, advice="GET /api/account/members has the present state.")


@router.get("/account/members", response={200: MembersOut, **READ_ERRORS}, auth=requires(SIGNED_IN))
def list_members(request: HttpRequest, account: AccountSlug | None = None) -> Any:
    """The members, the oldest first. Users who have a role by their groups alone are not among them."""
    found = chosen_account(request, account, Role.VIEWER)
    rows = Membership.objects.filter(account=found).select_related("user").order_by("pk")
    return {"items": [present_member(row) for row in rows]}


@router.post("/account/members", response={201: MemberOut, **WRITE_ERRORS}, auth=can_change)
def post_member(request: HttpRequest, body: MemberIn, account: AccountSlug | None = None) -> Any:
    """Make a user of the installation a member of the default account. People of other accounts are invited by mail."""
    found = chosen_account(request, account, Role.ADMIN)
    require_role(caller_of(request), found.pk, Role(body.role))
    user = get_user_model().objects.filter(username=body.username, is_active=True).first()
    # The same answer for both, so that an account cannot find out which user names exist.
    if user is None or not _is_operator(request):
        message = "there is no such user to add: send an invitation to the address instead"
        raise ValidationError([{"loc": ["body", "username"], "msg": message}])
    return Status(201, present_member(members.add_member(found, user, Role(body.role))))


@router.patch("/account/members/{int:member_id}", response={200: MemberOut, **WRITE_ERRORS}, auth=can_change)
def patch_member(request: HttpRequest, member_id: int, body: MemberChange, account: AccountSlug | None = None) -> Any:
    """Give a member another role. An account keeps at least one owner."""
    found = chosen_account(request, account, Role.ADMIN)
    return present_member(members.change_role(caller_of(request), found, _known(member_id), Role(body.role)))


@router.delete("/account/members/{int:member_id}", response={204: None, **WRITE_ERRORS}, auth=can_change)
def delete_member(request: HttpRequest, member_id: int, account: AccountSlug | None = None) -> Any:
    """Remove a member, or leave the account."""
    found = chosen_account(request, account, Role.VIEWER)
    members.remove_member(caller_of(request), found, _known(member_id))
    return HttpResponse(status=204)


@router.post("/account/invitations", response={201: InvitationOut, **WRITE_ERRORS}, auth=can_change)
def post_invitation(
    request: HttpRequest,
    body: InvitationIn,
    account: AccountSlug | None = None,
    idempotency_key: Key | None = KEY_HEADER,
) -> Any:
    """Invite an address by mail. The link in the mail is valid once; an earlier one of the address ends."""
    found = chosen_account(request, account, Role.ADMIN)

    def invite() -> dict[str, Any]:
        return _present_invitation(
            invitations.invite(caller_of(request), found, email=body.email, role=Role(body.role))
        )

    return create_once(request, idempotency_key, InvitationOut, invite)


@router.get("/account/invitations", response={200: InvitationsOut, **READ_ERRORS}, auth=requires(SIGNED_IN))
def list_invitations(request: HttpRequest, account: AccountSlug | None = None) -> Any:
    """The invitations that can be accepted, the newest first."""
    found = chosen_account(request, account, Role.VIEWER)
    rows = Invitation.objects.open().filter(account=found).order_by("-pk")
    return {"items": [_present_invitation(row) for row in rows]}


@router.delete("/account/invitations/{int:invitation_id}", response={204: None, **WRITE_ERRORS}, auth=can_withdraw)
def delete_invitation(request: HttpRequest, invitation_id: int, account: AccountSlug | None = None) -> Any:
    """Withdraw an open invitation. Its link says so."""
    found = chosen_account(request, account, Role.VIEWER)
    if invitation_id > LARGEST_ID:
        raise UnknownInvitation(f"The account has no open invitation {invitation_id}.")
    invitations.withdraw(caller_of(request), found, invitation_id)
    return HttpResponse(status=204)


def _is_operator(request: HttpRequest) -> bool:
    user = caller_of(request).user
    return user is None or user.has_perm("auth.view_user")


def _known(member_id: int) -> int:
    if member_id > LARGEST_ID:
        raise UnknownMember(f"The account has no member {member_id}.")
    return member_id


def _present_invitation(invitation: Invitation) -> dict[str, Any]:
    return {
        "id": invitation.pk,
        "email": invitation.email,
        "role": invitation.role,
        "expires_at": iso(invitation.expires_at),
    }

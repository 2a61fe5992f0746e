"""Members of an account, and invitations by mail."""

from __future__ import annotations

import re

import pytest
from django.contrib.auth.models import User
from django.core import mail
from django.test import Client

from stores.members.models import Invitation, Membership
from tests.stores.conftest import Two
from tests.stores.test_calls import call

PASSWORD = "Vf8-kestrel-harbour"


def path_of(name: str) -> str:
    """The address of a member."""
    return f"/account/members/{Membership.objects.get(user__username=f'the {name}').pk}"


def test_members_are_listed_and_roles_change(two: Two) -> None:
    items = call(two, "viewer", "GET", "/account/members")[1]["items"]
    assert [(item["username"], item["role"]) for item in items] == [
        ("the owner", "owner"),
        ("the mate", "admin"),
        ("the viewer", "viewer"),
    ]
    path = path_of("viewer")
    assert call(two, "mate", "PATCH", path, {"role": "admin"})[1]["role"] == "admin"
    assert call(two, "mate", "PATCH", path, {"role": "owner"})[0] == 403
    assert call(two, "owner", "PATCH", path, {"role": "owner"})[1]["role"] == "owner"


def test_an_admin_neither_changes_nor_removes_an_owner(two: Two) -> None:
    assert call(two, "mate", "PATCH", path_of("owner"), {"role": "viewer"})[0] == 403
    assert call(two, "mate", "DELETE", path_of("owner"))[0] == 403


def test_the_last_owner_cannot_leave_or_step_down(two: Two) -> None:
    path = path_of("owner")
    assert call(two, "owner", "DELETE", path)[0] == 409
    assert call(two, "owner", "PATCH", path, {"role": "admin"})[0] == 409
    call(two, "owner", "PATCH", path_of("mate"), {"role": "owner"})
    assert call(two, "owner", "DELETE", path)[0] == 204
    assert call(two, "owner", "GET", "/stores/nord-shop")[0] == 404


def test_a_viewer_leaves_and_removes_no_other_member(two: Two) -> None:
    assert call(two, "viewer", "DELETE", path_of("mate"))[0] == 403
    assert call(two, "viewer", "DELETE", path_of("viewer"))[0] == 204


def test_a_member_of_another_account_does_not_exist(two: Two) -> None:
    assert call(two, "stranger", "DELETE", path_of("owner"))[0] == 404
    assert call(two, "stranger", "PATCH", path_of("owner"), {"role": "viewer"})[0] == 404
    assert call(two, "owner", "DELETE", "/account/members/9999999999999999999999")[0] == 404


def test_only_an_operator_adds_a_user_without_an_invitation(two: Two) -> None:
    refused = call(two, "owner", "POST", "/account/members", {"username": "the outsider"})
    assert refused == call(two, "owner", "POST", "/account/members", {"username": "does not exist"})
    assert refused[0] == 422
    User.objects.filter(username="the owner").update(is_superuser=True)
    body = {"username": "the outsider", "role": "admin"}
    assert call(two, "owner", "POST", "/account/members?account=nordwind", body)[0] == 201
    assert call(two, "owner", "POST", "/account/members?account=nordwind", body)[0] == 409


def invite(two: Two, email: str = "new@example.com", role: str = "admin") -> str:
    """Invite the address; returns the path of the link in the mail."""
    status, answer = call(two, "owner", "POST", "/account/invitations", {"email": email, "role": role})
    assert (status, answer["email"], answer["role"]) == (201, email, role)
    [found] = re.findall(r"https?://[^/]+(/accounts/invitations/[^/\s]+/)", str(mail.outbox[-1].body))
    return str(found)


def test_a_new_person_accepts_an_invitation_with_a_new_user(two: Two) -> None:
    path, visitor = invite(two), Client()
    assert "Nordwind" in visitor.get(path).content.decode()
    form = {"username": "new", "password1": PASSWORD, "password2": PASSWORD}
    assert visitor.post(path, form).status_code == 302
    member = Membership.objects.get(user__username="new")
    assert (member.role, member.user.email) == ("admin", "new@example.com")
    assert visitor.get("/api/stores/nord-shop").status_code == 200
    assert Client().get(path).status_code == 404


def test_a_weak_password_makes_no_user_and_keeps_the_invitation(two: Two) -> None:
    path = invite(two)
    answer = Client().post(path, {"username": "new", "password1": "12345678", "password2": "12345678"})
    assert answer.status_code == 200
    assert not User.objects.filter(username="new").exists()
    assert Client().get(path).status_code == 200


def test_a_user_accepts_an_invitation_once(two: Two) -> None:
    path = invite(two, "stranger@example.com", "viewer")
    assert two.clients["stranger"].post(path).status_code == 302
    assert two.clients["stranger"].post(path).status_code == 404
    assert call(two, "stranger", "GET", "/stores/nord-shop")[0] == 200


def test_a_member_who_opens_another_invitation_keeps_the_role(two: Two) -> None:
    path = invite(two, "other@example.com", "admin")
    assert two.clients["viewer"].post(path).status_code == 409
    assert Client().get(path).status_code == 200
    assert Membership.objects.get(user__username="the viewer").role == "viewer"


def test_a_link_with_a_guessed_token_or_after_its_week_is_not_valid(two: Two) -> None:
    path = invite(two)
    Invitation.objects.update(expires_at="2020-01-01T00:00:00Z")
    assert Client().get(path).status_code == 404
    assert Client().get("/accounts/invitations/guess/").status_code == 404


def test_a_new_invitation_ends_the_earlier_one_of_the_address(two: Two) -> None:
    first, second = invite(two), invite(two, "NEW@example.com")
    assert Client().get(first).status_code == 404
    assert Client().get(second).status_code == 200


def test_only_the_hash_of_the_token_is_stored(two: Two) -> None:
    token = invite(two).split("/")[-2]
    assert token not in str(list(Invitation.objects.values()))


def test_an_admin_invites_no_owner_and_a_viewer_invites_no_one(two: Two) -> None:
    body = {"email": "x@example.com", "role": "owner"}
    assert call(two, "mate", "POST", "/account/invitations", body)[0] == 403
    assert call(two, "viewer", "POST", "/account/invitations", body | {"role": "viewer"})[0] == 403
    assert mail.outbox == []


@pytest.mark.parametrize("email", ["x", "x@", "a@b\nBcc: c@d", "a@b, c@d", "<a@b>"])
def test_a_bad_address_is_refused(two: Two, email: str) -> None:
    assert call(two, "owner", "POST", "/account/invitations", {"email": email, "role": "viewer"})[0] == 422


def test_a_member_is_not_invited_again(two: Two) -> None:
    body = {"email": "Mate@example.com", "role": "viewer"}
    assert call(two, "owner", "POST", "/account/invitations", body)[0] == 409

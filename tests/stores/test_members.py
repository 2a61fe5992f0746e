"""Members of an account, and invitations by mail."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.core import mail
from django.test import Client

from accounts.models import ApiToken
from stores.members.invitations import MOST_PER_DAY
from stores.members.models import Invitation, Membership
from stores.members.sockets import may_follow
from tests.stores.conftest import Two
from tests.stores.test_calls import call

PASSWORD = "Vf8-kestrel-harbour"
NEW_USER = {"username": "new", "password1": PASSWORD, "password2": PASSWORD}
FEED = "store-nord-shop"


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


def page_of(answer: Any) -> str:
    """The text of a page, with its white space made equal."""
    return " ".join(answer.content.decode().split())


def test_a_new_person_accepts_an_invitation_with_a_new_user(two: Two) -> None:
    path, visitor = invite(two), Client()
    assert "Nordwind" in page_of(visitor.get(path))
    answer = visitor.post(path, NEW_USER)
    assert (answer.status_code, answer.headers["Location"]) == (302, "/stores/")
    member = Membership.objects.get(user__username="new")
    assert (member.role, member.user.email) == ("admin", "new@example.com")
    assert visitor.get("/api/stores/nord-shop").status_code == 200


def test_the_address_of_an_invited_user_is_confirmed(two: Two) -> None:
    Client().post(invite(two, "New@example.com"), NEW_USER)
    form = {"username": "new@example.com", "password": PASSWORD}
    assert Client().post("/login/", form).status_code == 302


def test_a_weak_password_makes_no_user_and_keeps_the_invitation(two: Two) -> None:
    path = invite(two)
    answer = Client().post(path, {"username": "new", "password1": "12345678", "password2": "12345678"})
    assert answer.status_code == 200
    assert not User.objects.filter(username="new").exists()
    assert Client().get(path).status_code == 200


def test_a_visitor_whose_address_has_a_user_signs_in_first(two: Two) -> None:
    """Otherwise a person would have two users with the same address."""
    path, visitor = invite(two, "stranger@example.com"), Client()
    page = page_of(visitor.get(path))
    assert f"/login/?next={path}" in page
    assert "password1" not in page
    visitor.post(path, NEW_USER)
    assert not User.objects.filter(username="new").exists()


def test_a_user_accepts_an_invitation_once(two: Two) -> None:
    path = invite(two, "stranger@example.com", "viewer")
    assert "You are signed in as <b" in page_of(two.clients["stranger"].get(path))
    assert two.clients["stranger"].post(path).status_code == 302
    answer = two.clients["stranger"].post(path)
    assert answer.status_code == 410
    assert "It was used on" in page_of(answer)
    assert call(two, "stranger", "GET", "/stores/nord-shop")[0] == 200


def test_a_user_who_is_signed_in_can_change_to_another_user(two: Two) -> None:
    path, client = invite(two), two.clients["stranger"]
    assert 'action="/logout/"' in page_of(client.get(path))
    answer = client.post("/logout/", {"next": path})
    assert answer.headers["Location"] == path
    assert "User name" in page_of(client.get(path))


def test_a_member_who_opens_another_invitation_keeps_the_role(two: Two) -> None:
    path = invite(two, "other@example.com", "admin")
    answer = two.clients["viewer"].post(path)
    assert answer.status_code == 409
    assert "You are a member of the account already" in page_of(answer)
    assert Client().get(path).status_code == 200
    assert Membership.objects.get(user__username="the viewer").role == "viewer"


def test_an_expired_invitation_says_so_and_whom_to_ask(two: Two) -> None:
    path = invite(two)
    Invitation.objects.update(expires_at="2020-01-31T00:00:00Z")
    for answer in (Client().get(path), Client().post(path, NEW_USER), two.clients["stranger"].post(path)):
        assert answer.status_code == 410
        assert "It expired on 31 January 2020. Ask an owner of the account Nordwind for another one." in page_of(answer)
    assert not User.objects.filter(username="new").exists()


def test_a_guessed_link_is_not_that_of_an_invitation(two: Two) -> None:
    answer = Client().get("/accounts/invitations/guess/")
    assert answer.status_code == 404
    assert "Copy the whole link from the mail" in page_of(answer)
    assert "Nordwind" not in page_of(answer)


def test_a_new_invitation_ends_the_earlier_one_of_the_address(two: Two) -> None:
    first, second = invite(two), invite(two, "NEW@example.com")
    assert Client().get(first).status_code == 410
    assert "a newer one was sent" in page_of(Client().get(first))
    assert Client().get(second).status_code == 200


def test_an_admin_lists_and_withdraws_open_invitations(two: Two) -> None:
    path = invite(two)
    [item] = call(two, "mate", "GET", "/account/invitations")[1]["items"]
    assert (item["email"], item["role"]) == ("new@example.com", "admin")
    address = f"/account/invitations/{item['id']}"
    assert call(two, "viewer", "GET", "/account/invitations")[1]["items"] == [item]
    assert call(two, "viewer", "DELETE", address)[0] == 403
    assert call(two, "stranger", "DELETE", address)[0] == 404
    assert call(two, "mate", "DELETE", address)[0] == 204
    assert call(two, "mate", "DELETE", address)[0] == 404
    assert call(two, "mate", "GET", "/account/invitations")[1] == {"items": []}
    answer = Client().post(path, NEW_USER)
    assert answer.status_code == 410
    assert "It was withdrawn" in page_of(answer)


def test_an_admin_does_not_withdraw_the_invitation_of_an_owner(two: Two) -> None:
    invite(two, role="owner")
    address = f"/account/invitations/{Invitation.objects.get().pk}"
    assert call(two, "mate", "DELETE", address)[0] == 403
    assert call(two, "owner", "DELETE", address)[0] == 204
    assert call(two, "owner", "DELETE", "/account/invitations/9999999999999999999999")[0] == 404


def test_an_account_sends_a_limited_number_of_invitations_per_day(two: Two) -> None:
    for _ in range(MOST_PER_DAY):
        invite(two)
    status, answer = call(two, "owner", "POST", "/account/invitations", {"email": "x@example.com", "role": "viewer"})
    assert (status, len(mail.outbox)) == (409, MOST_PER_DAY)
    assert "try again tomorrow" in answer["detail"]


def test_a_removed_member_cannot_return_by_an_open_invitation(two: Two) -> None:
    path = invite(two, "outsider@example.com", "viewer")
    account = Membership.objects.get(user__username="the owner").account
    Membership.objects.create(account=account, user=User.objects.get(username="the outsider"), role="viewer")
    assert call(two, "mate", "DELETE", path_of("outsider"))[0] == 204
    assert two.clients["outsider"].post(path).status_code == 410


def test_a_removed_member_loses_all_calls_at_once(two: Two) -> None:
    token = ApiToken(user=User.objects.get(username="the mate"), name="script")
    bearer = {"Authorization": f"Bearer {token.make()}"}
    token.save()
    paths = ("/api/stores/nord-shop", "/api/account?account=nordwind", f"/api/stats?feed={FEED}")

    def answers() -> list[int]:
        by_session = [two.clients["mate"].get(path).status_code for path in paths]
        return by_session + [Client().get(path, headers=bearer).status_code for path in paths]

    assert answers() == [200] * 6
    call(two, "owner", "PATCH", path_of("mate"), {"role": "viewer"})
    assert answers() == [200] * 6
    assert Client().post("/api/stores/nord-shop/pause", headers=bearer).status_code == 403
    call(two, "owner", "DELETE", path_of("mate"))
    assert answers() == [404, 404, 403] * 2
    assert not may_follow({"authorization": bearer["Authorization"]}, FEED)


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

"""The page that a link of an invitation opens: a signed-in user accepts, a new one makes a user first.

The token in the address is a secret, so the page is never stored. A visitor whose address has a user signs in first.
"""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.contrib.auth import login
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from accounts.addresses import is_known
from stores.members.forms import NewMemberForm
from stores.members.invitations import ClosedInvitation, UnknownInvitation, accept, find_invitation
from stores.members.members import AlreadyMember

BACKEND = "django.contrib.auth.backends.ModelBackend"


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def show_invitation(request: HttpRequest, token: str) -> HttpResponse:
    """Show the invitation, or accept it by POST. A link that is wrong (404) or closed (410) says what to do."""
    try:
        invitation = find_invitation(token)
        if request.user.is_authenticated:
            form = None
        elif is_known(invitation.email):
            return _render(request, {"invitation": invitation, "must_sign_in": True})
        else:
            form = NewMemberForm(request.POST or None)
        if request.method == "POST" and (form is None or form.is_valid()):
            return _accept(request, token, form)
        return _render(request, {"invitation": invitation, "form": form})
    except UnknownInvitation as refusal:
        return _render(request, {"refusal": refusal}, status=404)
    except ClosedInvitation as refusal:
        return _render(request, {"refusal": refusal}, status=410)
    except AlreadyMember:
        return _render(
            request, {"refusal": "You are a member of the account already. Nothing was changed."}, status=409
        )


def _accept(request: HttpRequest, token: str, form: NewMemberForm | None) -> HttpResponse:
    signed_in: Any = request.user
    member = accept(token, (lambda email: signed_in) if form is None else form.save_with)
    if form is not None:
        user: Any = member.user
        login(request, user, backend=BACKEND)
    return HttpResponseRedirect(settings.ACCOUNT_SIGNUP_REDIRECT_URL)


def _render(request: HttpRequest, context: dict[str, Any], status: int = 200) -> HttpResponse:
    return render(request, "stores/invitation.html", context, status=status)

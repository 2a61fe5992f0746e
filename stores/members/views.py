"""The page that a link of an invitation opens: a signed-in user accepts, a new one makes a user first.

The token in the address is a secret, so the page is never stored and sends no referrer.
"""

from __future__ import annotations

from typing import Any

from django.contrib.auth import login
from django.db import transaction
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from stores.members.forms import NewMemberForm
from stores.members.invitations import UnknownInvitation, accept, find_invitation
from stores.members.members import AlreadyMember

HOME = "/stores/"
BACKEND = "django.contrib.auth.backends.ModelBackend"


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def show_invitation(request: HttpRequest, token: str) -> HttpResponse:
    """Show the invitation, or accept it by POST. An unknown token is a 404 with a sentence."""
    try:
        invitation = find_invitation(token)
        form = None if request.user.is_authenticated else NewMemberForm(request.POST or None)
        if request.method == "POST" and (form is None or form.is_valid()):
            return _accept(request, token, form, invitation.email)
        return _render(request, {"invitation": invitation, "form": form})
    except (UnknownInvitation, AlreadyMember) as refusal:
        return _render(
            request, {"refusal": str(refusal)}, status=404 if isinstance(refusal, UnknownInvitation) else 409
        )


@transaction.atomic
def _accept(request: HttpRequest, token: str, form: NewMemberForm | None, email: str) -> HttpResponse:
    """One transaction: a user is made only where the invitation is accepted."""
    user: Any = request.user if form is None else form.save_with(email)
    accept(token, user)
    if form is not None:
        login(request, user, backend=BACKEND)
    return HttpResponseRedirect(HOME)


def _render(request: HttpRequest, context: dict[str, Any], status: int = 200) -> HttpResponse:
    answer = render(request, "stores/invitation.html", context, status=status)
    answer["Referrer-Policy"] = "no-referrer"
    return answer

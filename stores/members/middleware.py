"""Gives each request the scope of its caller: the stores of the accounts that the caller is a member of."""

from __future__ import annotations

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

from stores.members.callers import caller_of
from stores.scope import Scope, scoped
from web.permissions import NotAuthenticated

GetResponse = Callable[[HttpRequest], HttpResponse]
# The admin of the installation shows all accounts: its users are the operators of the installation.
ADMIN = "/admin/"


class StoreScopeMiddleware:
    """The scope ends with the view. The body of a streamed answer is chosen in the view."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.path.startswith(ADMIN):
            return self.get_response(request)
        with scoped(Scope(lambda: _account_ids(request))):
            return self.get_response(request)


def _account_ids(request: HttpRequest) -> frozenset[int]:
    try:
        return frozenset(caller_of(request).roles)
    except NotAuthenticated:
        return frozenset()

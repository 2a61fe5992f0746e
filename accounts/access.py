"""Who may look and who may control.

With INVOICEDASH_OPEN=1 everyone who reaches us may do both: only this machine can. Otherwise it takes a session or an
API token, and the permissions `invoices.view_invoice` and `invoices.control_generation`.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from http.cookies import CookieError, SimpleCookie
from importlib import import_module
from typing import Any

from django.conf import settings
from django.contrib.auth import get_user
from django.contrib.auth.models import AbstractBaseUser, AnonymousUser
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse

from accounts.models import user_of
from web.permissions import NotAuthenticated

VIEW = "invoices.view_invoice"
CONTROL = "invoices.control_generation"
View = Callable[..., HttpResponse]


def check(request: HttpRequest, permission: str) -> bool:
    """Let `request` pass, or raise `NotAuthenticated` (401) or `PermissionDenied` (403).

    Returns whether it came with a token of its own, which unlike a session's cookie no other page can make it send.
    """
    bearer = bearer_user(request.headers.get("Authorization"))
    user = bearer or request.user
    if is_open():
        return bearer is not None
    if not user.is_authenticated:
        raise NotAuthenticated(
            "Log in at /login/, or send 'Authorization: Bearer TOKEN' with a token made in the admin."
        )
    if not has(user, permission):
        raise PermissionDenied(f"This takes the permission {permission}; ask an administrator for a group that has it.")
    return bearer is not None


def is_open() -> bool:
    """Whether everyone who reaches us may do everything, because only this machine can."""
    return bool(settings.INVOICEDASH_OPEN)


def bearer_user(authorization: str | None) -> AbstractBaseUser | None:
    """The user of a bearer token; None without one. Raises `NotAuthenticated` when the token is nobody's."""
    scheme, _, token = (authorization or "").partition(" ")
    if scheme.lower() != "bearer":
        return None
    user = user_of(token.strip())
    if user is None:
        raise NotAuthenticated("The bearer token is unknown or its user is not active; make a new one in the admin.")
    return user


def name_of(request: HttpRequest) -> str:
    """Who asks, to keep what they asked apart from others': the user's id, or nothing for a visitor of an open desk."""
    user = bearer_user(request.headers.get("Authorization")) or request.user
    return str(user.pk or "")


def username_of(request: HttpRequest) -> str:
    """The name of the user who asks; empty for a visitor of an open desk."""
    user: Any = bearer_user(request.headers.get("Authorization")) or request.user
    return str(user.get_username())


def has(user: Any, permission: str) -> bool:
    return bool(user.is_active and user.has_perm(permission))


def controls(request: HttpRequest) -> bool:
    """Whether whoever asks, by session or token, may control."""
    return is_open() or has(bearer_user(request.headers.get("Authorization")) or request.user, CONTROL)


def may_control(request: HttpRequest) -> bool:
    """Whether the page should offer the controls to this visitor."""
    return is_open() or has(request.user, CONTROL)


def viewer_required(view: View) -> View:
    """Pages: who may not view is sent to the login, or refused when logged in already."""

    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        try:
            check(request, VIEW)
        except NotAuthenticated:
            return redirect_to_login(request.get_full_path())
        return view(request, *args, **kwargs)

    return guarded


def may_view_socket(headers: dict[str, str]) -> bool:
    """Whether the WebSocket with these headers (lower-case names) may be opened, or stay open."""
    if is_open():
        return True
    try:
        user = bearer_user(headers.get("authorization")) or _session_user(headers.get("cookie", ""))
    except NotAuthenticated:
        return False
    return has(user, VIEW)


def _session_user(cookie_header: str) -> Any:
    try:
        cookie = SimpleCookie(cookie_header).get(settings.SESSION_COOKIE_NAME)
    except CookieError:
        cookie = None
    if cookie is None:
        return AnonymousUser()
    request = HttpRequest()
    request.session = import_module(settings.SESSION_ENGINE).SessionStore(cookie.value)
    return get_user(request)

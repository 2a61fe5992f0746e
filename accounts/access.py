"""Decides who may view and who may control.

With INVOICEDASH_OPEN=1, which requires a loopback address, every client may do both. Otherwise a session or an API
token is required, with the permissions `invoices.view_invoice` and `invoices.control_generation`.
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
# Any active user: the call itself checks what the user is in an account.
SIGNED_IN = ""
# For calls about the feed in `?feed=` and nothing else: membership in the account of the feed's store allows them too.
VIEW_FEED, CONTROL_FEED = f"feed:{VIEW}", f"feed:{CONTROL}"
_BY_FEED = {VIEW_FEED: VIEW, CONTROL_FEED: CONTROL}
View = Callable[..., HttpResponse]
# (user, permission, feed) -> whether a membership gives the permission for that feed.
FeedCheck = Callable[[Any, str, str], bool]
_feed_check: FeedCheck | None = None


def register_feed_check(check: FeedCheck) -> None:
    """Register how memberships give permissions for feeds. The last registration counts."""
    global _feed_check
    _feed_check = check


def check(request: HttpRequest, permission: str) -> bool:
    """Allow `request`, or raise `NotAuthenticated` (401) or `PermissionDenied` (403).

    Returns whether the request carries a token, which unlike a session cookie no other page can make a browser send.
    """
    bearer = bearer_user(request.headers.get("Authorization"))
    user = bearer or request.user
    if is_open():
        return bearer is not None
    if not user.is_authenticated:
        raise NotAuthenticated(
            "Log in at /login/, or send 'Authorization: Bearer TOKEN' with a token created in the admin."
        )
    feed = request.GET.get("feed", "") if permission in _BY_FEED else ""
    permission = _BY_FEED.get(permission, permission)
    if not has(user, permission) and not _has_by_feed(user, permission, feed):
        raise PermissionDenied(f"The permission {permission} is missing; ask an administrator for a group that has it.")
    return bearer is not None


def is_open() -> bool:
    """Whether every client may do everything, because only this machine can connect."""
    return bool(settings.INVOICEDASH_OPEN)


def bearer_user(authorization: str | None) -> AbstractBaseUser | None:
    """The user of a bearer token; None without one. Raises `NotAuthenticated` for an unknown token."""
    scheme, _, token = (authorization or "").partition(" ")
    if scheme.lower() != "bearer":
        return None
    user = user_of(token.strip())
    if user is None:
        raise NotAuthenticated("The bearer token is unknown or its user is not active; create a new one in the admin.")
    return user


def name_of(request: HttpRequest) -> str:
    """The identity that separates the stored requests of users: the user's id, or empty for a visitor of an open desk."""
    user = bearer_user(request.headers.get("Authorization")) or request.user
    return str(user.pk or "")


def username_of(request: HttpRequest) -> str:
    """The name of the user who asks; empty for a visitor of an open desk."""
    user: Any = bearer_user(request.headers.get("Authorization")) or request.user
    return str(user.get_username())


def user_who_asks(request: HttpRequest) -> Any:
    """The user of the token or the session; None for a visitor of an open desk. Raises `NotAuthenticated`."""
    user = bearer_user(request.headers.get("Authorization")) or request.user
    return user if user.is_authenticated else None


def has(user: Any, permission: str) -> bool:
    """Whether the groups of an active user give the permission."""
    return bool(user.is_active and (permission == SIGNED_IN or user.has_perm(permission)))


def _has_by_feed(user: Any, permission: str, feed: str) -> bool:
    return bool(feed and _feed_check is not None and _feed_check(user, permission, feed))


def controls(request: HttpRequest) -> bool:
    """Whether the caller, by session or token, may control."""
    return is_open() or has(bearer_user(request.headers.get("Authorization")) or request.user, CONTROL)


def may_control(request: HttpRequest) -> bool:
    """Whether the page offers the controls to this visitor."""
    return allows(request, CONTROL)


def allows(request: HttpRequest, permission: str) -> bool:
    """Whether a page offers this visitor what takes `permission`."""
    return is_open() or has(request.user, permission)


def page_requires(permission: str) -> Callable[[View], View]:
    """Protect a page: a visitor without permission goes to the login, or gets a 403 when logged in."""

    def protect(view: View) -> View:
        @wraps(view)
        def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            try:
                check(request, permission)
            except NotAuthenticated:
                return redirect_to_login(request.get_full_path())
            return view(request, *args, **kwargs)

        return guarded

    return protect


viewer_required = page_requires(VIEW)


def socket_user(headers: dict[str, str]) -> Any:
    """The user of a WebSocket with these headers (lower-case names); None for a wrong token."""
    try:
        return bearer_user(headers.get("authorization")) or _session_user(headers.get("cookie", ""))
    except NotAuthenticated:
        return None


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

"""Permission checks for API calls. This package does not depend on users: `accounts` registers the check at start."""

from __future__ import annotations

from collections.abc import Callable

from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, QueryDict
from ninja.utils import check_csrf

from web.outcomes import SAFE_METHODS, outcome_of

# (request, permission) -> whether the request carries a token, which a page of another site cannot add. Raises
# `NotAuthenticated` (401) or `PermissionDenied` (403).
Check = Callable[[HttpRequest, str], bool]
Condition = Callable[[HttpRequest], bool]

_check: Check | None = None


class NotAuthenticated(Exception):
    """The request has no valid credentials; the answer is 401."""


def register_check(check: Check) -> None:
    """Register `check`, which decides who may make which call."""
    global _check
    _check = check


def has_csrf_token(request: HttpRequest) -> bool:
    """Whether a request with a session carries the CSRF token of our own page."""
    # The body is read first: the check may look for the token in a form, which would consume the body.
    _ = request.body
    return check_csrf(request) is None


def has_csrf_token_of_upload(request: HttpRequest) -> bool:
    """The same as `has_csrf_token` for an upload, whose body is not read into memory: the files of a form are on disk
    already.
    """
    if request.content_type != "multipart/form-data":
        # The body is the file whatever its type says: curl sends it as an urlencoded form, which would be parsed as a
        # form.
        request.POST = QueryDict()
    return check_csrf(request) is None


def requires(
    permission: str, *, has_csrf_token: Condition = has_csrf_token, advice: str = "", begins: bool = True
) -> Condition:
    """The `auth` of a call: the caller must have `permission`, and a request with a session must come from our own
    page.

    A call that changes data begins here (see `runtime.outcomes`), unless its view `begins` it; `advice` is for a client
    without an answer.
    """

    def check(request: HttpRequest) -> bool:
        assert _check, "no app has registered a permission check"
        has_own_token = _check(request, permission)
        is_safe = has_own_token or settings.INVOICEDASH_OPEN or request.method in SAFE_METHODS
        if not is_safe and not has_csrf_token(request):
            raise PermissionDenied(
                "The CSRF token is missing or wrong; send the csrftoken cookie's value as X-CSRFToken."
            )
        if begins and request.method not in SAFE_METHODS:
            outcome_of(request).begin(advice)
        return True

    return check

"""Permission checks for API calls. `web` does not import users: `accounts` registers its check when the process starts."""

from __future__ import annotations

from collections.abc import Callable

from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, QueryDict
from ninja.utils import check_csrf

from web.outcomes import SAFE_METHODS, outcome_of

# (request, permission) -> whether the request carries an API token, which a page of another site cannot add. Raises
# `NotAuthenticated` (401) or `PermissionDenied` (403).
PermissionCheck = Callable[[HttpRequest, str], bool]
RequestTest = Callable[[HttpRequest], bool]

_check_permission: PermissionCheck | None = None


class NotAuthenticated(Exception):
    """The request has no valid credentials; the answer is 401."""


def register_check(check: PermissionCheck) -> None:
    """Register `check`, which decides who may make which call. The last registration counts."""
    global _check_permission
    _check_permission = check


def has_csrf_token(request: HttpRequest) -> bool:
    """Whether a request with a session carries the CSRF token of a page of this product."""
    # The body is read first, because `check_csrf` may look for the token in a form, which would consume the body.
    _ = request.body
    return check_csrf(request) is None


def has_csrf_token_of_upload(request: HttpRequest) -> bool:
    """The same as `has_csrf_token` for an upload, whose body is not read into memory.

    Django writes the files of a form to the disk. Any other body is the file itself and is left unread for the view.
    """
    if request.content_type != "multipart/form-data":
        # curl gives the file the content type of a form, so `check_csrf` would parse the file as a form.
        request.POST = QueryDict()
    return check_csrf(request) is None


def requires(
    permission: str, *, has_csrf_token: RequestTest = has_csrf_token, advice: str = "", begins_outcome: bool = True
) -> RequestTest:
    """The `auth` argument of an API call: the caller must have `permission`, and a session needs a CSRF token.

    The check also records that a request that changes data begins, so that an outage during the request is answered
    with what is known of its outcome (`runtime.outcomes`). `begins_outcome=False` leaves that to the view. `advice` says
    how a client without an answer can find out the outcome. The check raises `NotAuthenticated`, `PermissionDenied` or
    `runtime.outcomes.GivenUp`.
    """

    def check(request: HttpRequest) -> bool:
        assert _check_permission, "no app has registered a permission check"
        has_api_token = _check_permission(request, permission)
        needs_no_csrf_token = has_api_token or settings.INVOICEDASH_OPEN or request.method in SAFE_METHODS
        if not needs_no_csrf_token and not has_csrf_token(request):
            raise PermissionDenied(
                "The CSRF token is missing or wrong; send the csrftoken cookie's value as X-CSRFToken."
            )
        if begins_outcome and request.method not in SAFE_METHODS:
            outcome_of(request).begin(advice)
        return True

    return check

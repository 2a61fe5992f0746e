"""Rejects requests from pages of other sites, before any code uses the session."""

from __future__ import annotations

from collections.abc import Callable

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse

from accounts.origins import is_foreign, is_navigation

GetResponse = Callable[[HttpRequest], HttpResponse]


class SameOriginMiddleware:
    """Answers 403 to requests of other sites; top-level navigations and `CORS_ALLOWED_ORIGINS` may pass."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(self, request: HttpRequest, view: object, arguments: object, keywords: object) -> None:
        headers = {name.lower(): value for name, value in request.headers.items()}
        if is_foreign(headers, is_navigation=is_navigation(request.method or "", headers)):
            origin = headers.get("origin", "another site")
            raise PermissionDenied(
                f"Requests from {origin[:100]} are not accepted; list it in CORS_ALLOWED_ORIGINS if it is your site."
            )

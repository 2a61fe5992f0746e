"""Adds the headers that every answer of the API carries, for views and errors alike."""

from __future__ import annotations

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

from web.outcomes import outcome_of
from web.problems import is_for_programs

# Data changes every second and is restricted to users with permission. Views whose answers may be cached set their own
# header.
NOT_KEPT = "private, no-store"


class AnswerHeaders:
    """Sets `Cache-Control` where the view set none, and `Location` where the outcome of a request can be queried."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if not is_for_programs(request):
            return response
        response.setdefault("Cache-Control", NOT_KEPT)
        if (location := outcome_of(request).location) is not None:
            response.setdefault("Location", location)
        return response

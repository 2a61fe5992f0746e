"""What is known of a request whose answer is an outage: nothing was done, it was done, or where to look."""

from __future__ import annotations

from django.http import HttpRequest

from runtime.outcomes import Outcome, outcome_in

SAFE_METHODS = ("GET", "HEAD", "OPTIONS")


def outcome_of(request: HttpRequest) -> Outcome:
    """The outcome that the ASGI boundary shares with the view; one of its own where there is no boundary."""
    return outcome_in(getattr(request, "scope", request.META))


def what_is_known(request: HttpRequest) -> str:
    """The sentence of a 503 that says what became of the request and what the caller should do."""
    if request.method in SAFE_METHODS:
        return "Try again in a moment."
    return outcome_of(request).sentence()

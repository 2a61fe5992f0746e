"""Describes for a client what is known of its request after an outage: done, not done, or where to check."""

from __future__ import annotations

from django.http import HttpRequest

from runtime.outcomes import Outcome, outcome_in

SAFE_METHODS = ("GET", "HEAD", "OPTIONS")


def outcome_of(request: HttpRequest) -> Outcome:
    """The outcome of `request`, which the ASGI boundary shares with the view; without that boundary (tests), a new one."""
    return outcome_in(getattr(request, "scope", request.META))


def describe_outcome(request: HttpRequest) -> str:
    """The sentence of a 503 with the outcome of the request and what the client should do."""
    if request.method in SAFE_METHODS:
        return "Try again in a moment."
    return outcome_of(request).sentence()

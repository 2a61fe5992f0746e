"""Errors as RFC 9457 problem documents: what was wrong, with which value, and what to do."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from http import HTTPStatus
from typing import Any

from django.db import DataError, InterfaceError, InternalError, OperationalError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.defaults import bad_request as default_bad_request
from django.views.defaults import permission_denied as default_permission_denied
from django.views.defaults import server_error as default_server_error

from runtime import redis

MEDIA_TYPE = "application/problem+json"
API_PREFIX = "/api/"
PROBES = ("/healthz", "/readyz", "/metrics")
# Internal is what a session gets that stood still in a transaction for too long and was ended: we or PostgreSQL froze.
OUTAGES = (OperationalError, InterfaceError, InternalError)
_DETAILS = {
    400: "The request could not be understood; check its syntax.",
    403: "This is not allowed.",
    404: "There is nothing at this address; /api/docs lists what there is.",
    405: "This address does not take that method; the Allow header names those it takes.",
    413: "The body is too large.",
    500: "Something went wrong here; it has been logged.",
    503: "The service is not available at the moment; try again.",
}


def is_for_programs(request: HttpRequest) -> bool:
    """Whether a program reads the answer, so that an error is a problem document and no page."""
    return request.path.startswith(API_PREFIX) or request.path in PROBES


def problem(status: int, detail: str, **more: Any) -> HttpResponse:
    """A problem document with `detail` as its sentence, and `more` as further members."""
    body = {"type": "about:blank", "title": HTTPStatus(status).phrase, "status": status, "detail": detail, **more}
    return HttpResponse(json.dumps(body, default=str), status=status, content_type=MEDIA_TYPE)


def outage(request: HttpRequest) -> HttpResponse:
    """PostgreSQL does not answer: 503, as a problem document or as the page that tries again by itself."""
    if is_for_programs(request):
        services = {"postgres": "down", "redis": "up" if redis.is_up() else "down"}
        response = problem(503, "PostgreSQL does not answer; try again in a moment.", services=services)
    else:
        response = render(request, "503.html", status=503)
    response["Retry-After"] = "1"
    return response


def server_error(request: HttpRequest) -> HttpResponse:
    """Django's handler500: an outage that no view saw (a session being saved, say) is still a 503."""
    error = sys.exc_info()[1]
    return _from_database(request, error) or default_server_error(request)


def permission_denied(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Django's handler403: to a program the refusal says what was wrong and what to do."""
    if is_for_programs(request):
        return problem(403, str(exception) or _DETAILS[403])
    return default_permission_denied(request, exception)


class ProblemMiddleware:
    """Turns every error that a program gets into a problem document, and an outage of PostgreSQL into a 503 everywhere."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        is_error = response.status_code >= 400 and is_for_programs(request)
        if not is_error or response.get("Content-Type", "").startswith(MEDIA_TYPE):
            return response
        status = response.status_code
        document = problem(status, _DETAILS.get(status, "The request failed."))
        for name, value in response.headers.items():
            if name not in ("Content-Type", "Content-Length"):
                document[name] = value
        return document

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        return _from_database(request, error)


def _from_database(request: HttpRequest, error: BaseException | None) -> HttpResponse | None:
    """The answer to what PostgreSQL raised: it is away, or it was given what no column can hold (a NUL in a cookie)."""
    if isinstance(error, OUTAGES):
        return outage(request)
    return default_bad_request(request, error) if isinstance(error, DataError) else None

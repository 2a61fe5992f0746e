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
from runtime.conditions import read_all
from runtime.problems import MEDIA_TYPE, Overloaded, problem_body
from web.outage import explain, is_disk_full
from web.outcomes import describe_outcome

API_PREFIX = "/api/"
PROBES = ("/healthz", "/readyz", "/metrics")
# An internal error is what PostgreSQL reports to a session that was idle in a transaction for too long: this process or
# PostgreSQL was suspended.
OUTAGES = (OperationalError, InterfaceError, InternalError)
_DETAILS = {
    400: "The request could not be understood; check its syntax.",
    403: "This is not allowed.",
    404: "There is nothing at this address; /api/docs lists what there is.",
    405: "This address does not accept that method; the Allow header lists the accepted ones.",
    413: "The body is too large.",
    500: "Something went wrong here; it has been logged.",
    503: "The service is not available at the moment.",
}


def is_for_programs(request: HttpRequest) -> bool:
    """Whether a program reads the answer, so that an error is a problem document instead of a page."""
    return request.path.startswith(API_PREFIX) or request.path in PROBES


def problem(status: int, detail: str, **more: Any) -> HttpResponse:
    """A problem document with `detail` as its sentence and `more` as additional members; a 503 lists the conditions."""
    if status == HTTPStatus.SERVICE_UNAVAILABLE:
        more = {"conditions": read_all(), **more}
    body = json.dumps(problem_body(status, detail, **more), default=str)
    return HttpResponse(body, status=status, content_type=MEDIA_TYPE)


def outage(request: HttpRequest, error: BaseException | None = None) -> HttpResponse:
    """Answer 503 for an outage of PostgreSQL or a full disk: a problem document, or the page that retries by itself."""
    reason = explain(error)
    if is_for_programs(request):
        detail = f"{reason.sentence} {describe_outcome(request)}"
        response = problem(503, detail, services=services(is_postgres_down=reason.word == "down"))
    else:
        response = render(request, "503.html", {"reason": reason}, status=503)
    response["Retry-After"] = "1"
    return response


def overload(request: HttpRequest, error: Overloaded) -> HttpResponse:
    """Answer 503 for a limit of the product that is reached."""
    if is_for_programs(request):
        response = problem(503, f"{error} {describe_outcome(request)}")
    else:
        response = render(request, "unavailable.html", {"detail": error}, status=503)
    response["Retry-After"] = "60"
    return response


def services(*, is_postgres_down: bool) -> dict[str, str]:
    """The state of the servers in the words of the contract."""
    return {"postgres": "down" if is_postgres_down else "up", "redis": "up" if redis.is_up() else "down"}


def server_error(request: HttpRequest) -> HttpResponse:
    """Django's handler500: an outage outside a view (for example while a session is saved) is still a 503."""
    error = sys.exc_info()[1]
    return _from_database(request, error) or default_server_error(request)


def permission_denied(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Django's handler403: a program gets a problem document that says what was wrong and what to do."""
    if is_for_programs(request):
        return problem(403, str(exception) or _DETAILS[403])
    return default_permission_denied(request, exception)


class ProblemMiddleware:
    """Converts every error for a program into a problem document, and an outage of PostgreSQL into a 503 everywhere."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        is_error = response.status_code >= 400 and is_for_programs(request)
        if not is_error or response.get("Content-Type", "").startswith(MEDIA_TYPE):
            return response
        status = response.status_code
        detail = _DETAILS.get(status, "The request failed.")
        document = problem(status, f"{detail} {describe_outcome(request)}" if status >= 500 else detail)
        for name, value in response.headers.items():
            if name not in ("Content-Type", "Content-Length"):
                document[name] = value
        return document

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        return overload(request, error) if isinstance(error, Overloaded) else _from_database(request, error)


def _from_database(request: HttpRequest, error: BaseException | None) -> HttpResponse | None:
    """The answer to an error of PostgreSQL: it is down, or it got a value that no column can hold (a NUL in a cookie).

    A write of the web process to its own disk may also find the disk full.
    """
    if isinstance(error, OUTAGES) or is_disk_full(error):
        return outage(request, error)
    return default_bad_request(request, error) if isinstance(error, DataError) else None

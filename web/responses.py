"""Maps exceptions of API calls to problem documents: each app lists its own with a status, this module the common ones."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, cast

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from ninja import NinjaAPI
from ninja.errors import HttpError, ValidationError

from runtime.outcomes import GivenUp
from runtime.problems import Overloaded
from web.errors import describe_errors, field_errors
from web.outage import is_disk_full
from web.permissions import NotAuthenticated
from web.problems import OUTAGES, outage, overload, problem

Responses = Mapping[type[Exception], int]
Handler = Callable[[HttpRequest, Any], HttpResponse]


def add_responses(api: NinjaAPI, responses: Responses) -> None:
    """Answer each exception class with a problem of its status; the exception's text is the sentence."""
    for error_class, status in responses.items():
        api.add_exception_handler(error_class, _answer(status))


def add_common_responses(api: NinjaAPI) -> None:
    """Register the answers to common exceptions: invalid input, no permission, an outage of PostgreSQL."""
    add_responses(api, {PermissionDenied: 403, GivenUp: 503})
    for outage_class in OUTAGES:
        api.add_exception_handler(outage_class, lambda request, error: outage(request, cast(Exception, error)))
    handlers: dict[type[Exception], Handler] = {
        NotAuthenticated: _unauthorized,
        HttpError: _http_error,
        ValidationError: _invalid,
        OSError: _no_space,
        Overloaded: overload,
    }
    for error_class, handler in handlers.items():
        api.add_exception_handler(error_class, handler)


def _answer(status: int) -> Handler:
    return lambda request, error: problem(status, str(error))


def _unauthorized(request: HttpRequest, error: NotAuthenticated) -> HttpResponse:
    response = problem(401, str(error))
    response["WWW-Authenticate"] = "Bearer"
    return response


def _no_space(request: HttpRequest, error: OSError) -> HttpResponse:
    """A file that cannot be stored for want of space is an outage; any other error of the system is a fault."""
    if is_disk_full(error):
        return outage(request, error)
    raise error


def _http_error(request: HttpRequest, error: HttpError) -> HttpResponse:
    detail = str(error)
    if error.status_code == 400 and error.__cause__ is not None:
        detail = f"The body is not valid JSON: {str(error.__cause__)[:200]}."
    return problem(error.status_code, detail)


def _invalid(request: HttpRequest, error: ValidationError) -> HttpResponse:
    errors = field_errors(error.errors)
    return problem(422, describe_errors(errors), errors=errors)

"""The API itself: strict JSON in, problem documents out, and who may call what."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any, NoReturn

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from ninja.errors import HttpError, ValidationError
from ninja.parser import Parser
from ninja.utils import check_csrf

from accounts import access
from dashboard.api.posting import Conflict
from invoices.documents.idempotency import KeyConflict
from invoices.generation.reset import NotTestFeed
from invoices.generation.runs import AlreadyRunning, BadRun, NotRunning
from invoices.queries import UnknownInvoice
from jobs.operations import UnknownJob
from replays.operations import NotReplaying, TooManyReplays, UnknownReplay
from sources.reading.options import BadOption
from sources.uploads import EmptyUpload, TooLarge
from streaming.feed import UnknownFeed
from web.errors import field_errors, tell_errors
from web.exact import WrittenNumber
from web.openapi import DocumentedAPI
from web.problems import OUTAGES, outage, problem

SAFE_METHODS = ("GET", "HEAD", "OPTIONS")
LONGEST_INTEGER = 100


class StrictParser(Parser):
    """JSON as the RFC has it: no NaN, no Infinity. What is broken or too deep becomes a 400."""

    def parse_body(self, request: HttpRequest) -> Any:
        try:
            return json.loads(
                request.body, parse_constant=_refuse_constant, parse_int=_read_integer, parse_float=WrittenNumber
            )
        except RecursionError:
            raise ValueError("nested too deeply") from None


def _read_integer(digits: str) -> int | float:
    """The number; what is far beyond any bound here may be rough, for Python refuses to read thousands of digits."""
    return int(digits) if len(digits) <= LONGEST_INTEGER else float(digits)


def _refuse_constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is no JSON number")


api = DocumentedAPI(
    title="invoicedash",
    version="1",
    description="The live invoice desk: totals, generation, display and invoices. Money is text with two decimals.",
    parser=StrictParser(),
    urls_namespace="api",
)


def requires(
    permission: str, *, has_csrf_token: Callable[[HttpRequest], bool] | None = None
) -> Callable[[HttpRequest], bool]:
    """The `auth` of a call: whoever asks must have `permission`; sessions must also prove that it was their page."""

    def check(request: HttpRequest) -> bool:
        by_token = access.check(request, permission)
        is_safe = by_token or access.is_open() or request.method in SAFE_METHODS
        if not is_safe and not (has_csrf_token or _has_csrf_token)(request):
            raise PermissionDenied(
                "The CSRF token is missing or wrong; send the csrftoken cookie's value as X-CSRFToken."
            )
        return True

    return check


def _has_csrf_token(request: HttpRequest) -> bool:
    # Read first: the check may look for the token in a form, which would leave nothing of the body to parse.
    _ = request.body
    return check_csrf(request) is None


def _has_csrf_token_before_its_file(request: HttpRequest) -> bool:
    """The same for an upload, whose body is never read into memory: a form's files are on disk when its fields are read."""
    return check_csrf(request) is None


can_view = requires(access.VIEW)
can_control = requires(access.CONTROL)
can_import = requires(access.CONTROL, has_csrf_token=_has_csrf_token_before_its_file)


def _answer(status: int) -> Callable[[HttpRequest, Any], HttpResponse]:
    return lambda request, error: problem(status, str(error))


for error_class, status in {
    AlreadyRunning: 409,
    NotReplaying: 409,
    NotRunning: 409,
    Conflict: 409,
    KeyConflict: 409,
    TooManyReplays: 409,
    BadRun: 422,
    NotTestFeed: 422,
    UnknownFeed: 404,
    UnknownReplay: 404,
    UnknownInvoice: 404,
    UnknownJob: 404,
    BadOption: 422,
    EmptyUpload: 422,
    TooLarge: 413,
    PermissionDenied: 403,
}.items():
    api.add_exception_handler(error_class, _answer(status))
for outage_class in OUTAGES:
    api.add_exception_handler(outage_class, lambda request, error: outage(request))


@api.exception_handler(access.NotAuthenticated)
def _unauthorized(request: HttpRequest, error: Exception) -> HttpResponse:
    response = problem(401, str(error))
    response["WWW-Authenticate"] = "Bearer"
    return response


@api.exception_handler(HttpError)
def _http_error(request: HttpRequest, error: HttpError) -> HttpResponse:
    detail = str(error)
    if error.status_code == 400 and error.__cause__ is not None:
        detail = f"The body is no JSON: {str(error.__cause__)[:200]}."
    return problem(error.status_code, detail)


@api.exception_handler(ValidationError)
def _invalid(request: HttpRequest, error: ValidationError) -> HttpResponse:
    errors = field_errors(error.errors)
    return problem(422, tell_errors(errors), errors=errors)

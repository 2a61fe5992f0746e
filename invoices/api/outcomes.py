"""The outcome of a posted request by its idempotency key, for clients that got no answer, or 202."""

from __future__ import annotations

from typing import Annotated, Any
from urllib.parse import quote

from django.http import HttpRequest, HttpResponse
from ninja import Field, Router

from accounts import access
from accounts.access import CONTROL
from invoices.api.schemas import KEY_LENGTH, KEY_PATTERN, BatchOut, OutcomeStateOut
from web import idempotency
from web.idempotency import Known
from web.permissions import requires
from web.problems import problem
from web.schemas import Problem

router = Router(tags=["invoices"])
Key = Annotated[str, Field(max_length=KEY_LENGTH, pattern=KEY_PATTERN)]
ERRORS = {frozenset({401, 403, 404, 422, 503}): Problem}
BATCH = 200


@router.get("/idempotency/{path:key}", response={200: OutcomeStateOut, **ERRORS}, auth=requires(CONTROL))
def get_outcome(request: HttpRequest, key: Key) -> Any:
    """The state of a request of the caller's own: at work, answered, or not established since its process died.

    404 for a key that was never used or longer than 24 hours ago: then nothing was done under it. A `done` with a
    status of 400 or more means that nothing was issued; the request may be sent again.
    """
    known = idempotency.read_state(access.name_of(request), key)
    if known is None:
        return _no_such(key)
    return {"state": known.state, "status": known.status, "href": _href(known, key)}


@router.get("/answers/{path:key}", response={200: BatchOut, **ERRORS}, auth=requires(CONTROL))
def get_answer(request: HttpRequest, key: Key) -> Any:
    """The answer to a batch as it was given, by the key of its request."""
    answer = idempotency.read_answer(access.name_of(request), key)
    if answer is None or answer.status != BATCH:
        return _no_such(key)
    return HttpResponse(answer.text, content_type="application/json")


def _href(known: Known, key: str) -> str | None:
    if known.reference:
        return f"/api/invoices/{quote(known.reference, safe='')}"
    return f"/api/answers/{quote(key, safe='')}" if known.status == BATCH else None


def _no_such(key: str) -> HttpResponse:
    return problem(404, f"No answer is kept under the key {key[:60]!r}; keys are kept for 24 hours.")

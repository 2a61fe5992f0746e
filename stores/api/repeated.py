"""`Idempotency-Key` on the calls that create: a repeated request gets the first answer, and its work is done once."""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated, Any, cast

from django.http import HttpRequest, HttpResponse
from ninja import Field, Header, Schema

from accounts import access
from runtime.problems import Overloaded
from web import idempotency
from web.idempotency import Answer
from web.problems import OUTAGES

LONGEST_SCOPE = 50
Key = Annotated[
    str,
    Field(
        min_length=1,
        max_length=200,
        pattern=r"^[\x21-\x7e]+$",
        description="a request sent again with its key and body is done once",
    ),
]
# A header's name has dashes, which ninja's `Header[...]` would document as underscores.
KEY_HEADER: Any = cast(Any, Header)(None, alias="Idempotency-Key")


def create_once(
    request: HttpRequest, key: str | None, shape: type[Schema], create: Callable[[], dict[str, Any]]
) -> HttpResponse:
    """Answer 201 with what `create` returns, in the form of `shape`; raises `idempotency.KeyConflict`."""

    def work() -> Answer:
        return Answer(status=201, text=shape(**create()).model_dump_json())

    if key is None:
        return _respond(work())
    # A key of another call with the same text is another key.
    scope = f"{access.name_of(request)} {request.path}"[:LONGEST_SCOPE]
    asked = idempotency.Request(scope=scope, key=key, body=request.body)
    return _respond(idempotency.once(work, asked, begin=lambda: None, status_of=_status_of))


def _status_of(error: Exception) -> int | None:
    """The status to keep for `error`; None where the commit itself may have failed or not, and for a passing limit."""
    return None if isinstance(error, (*OUTAGES, Overloaded)) else 422


def _respond(answer: Answer) -> HttpResponse:
    headers = {"Idempotent-Replayed": "true"} if answer.is_replayed else {}
    return HttpResponse(answer.text, status=answer.status, content_type="application/json", headers=headers)

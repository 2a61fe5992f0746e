"""Invoices, one or by the page."""

from __future__ import annotations

import re
from datetime import date
from typing import Annotated, Any, cast

from django.http import HttpRequest, HttpResponse
from ninja import Body, Field, Header
from ninja.errors import ValidationError

from accounts import access
from dashboard.api.app import api, can_control, can_view
from dashboard.api.documents import BatchOut, DocumentOut, Posted
from dashboard.api.posting import answer_posted
from dashboard.api.routes import renditions  # noqa: F401 - its addresses with endings come before those without
from dashboard.api.schemas import FeedName, PageOut, Problem, Search, Text, chosen_feed
from invoices import queries, sorting
from invoices.documents import idempotency, serialize
from invoices.documents.read import read_documents
from replays import queries as replayed
from replays.operations import is_replay
from web.exact import Day

Limit = Annotated[int, Field(ge=1, le=200)]
Cursor = Annotated[str, Field(pattern=r"^[A-Za-z0-9_-]{1,1000}$", description="`next` of the page before")]
ID = re.compile(r"[0-9]{1,18}", re.ASCII)
Before = Annotated[Text, Field(description="an invoice number: those issued before it")]
Until = Annotated[Day, Field(description="a day: from the newest on that are dated that day (UTC) or before")]
Sort = Annotated[
    sorting.Sort, Field(description="instead of the order of issue; - is descending; not with `q`, `before` or `until`")
]
Key = Annotated[
    str,
    Field(
        min_length=1,
        max_length=255,
        pattern=r"^[\x21-\x7e]+$",
        description="a request sent again with its key and body is done once",
    ),
]
# A header's name has dashes, which ninja's `Header[...]` would document as underscores.
KEY_HEADER: Any = cast(Any, Header)(None, alias="Idempotency-Key")
ERRORS = {frozenset({401, 403, 404, 422, 503}): Problem}
POST_ERRORS = {frozenset({400, 401, 403, 409, 413, 422, 503}): Problem}


@api.get("/invoices", response={200: PageOut, **ERRORS}, auth=can_view, tags=["invoices"])
def list_invoices(
    request: HttpRequest,
    feed: FeedName | None = None,
    limit: Limit = 20,
    cursor: Cursor | None = None,
    before: Before | None = None,
    until: Until | None = None,
    q: Search | None = None,
    sort: Sort | None = None,
) -> Any:
    """Invoices in the order of issue, newest first; or by number, date or total. Of a replay, those it has announced."""
    name = chosen_feed(feed)
    if is_replay(name):
        return _replayed(name, limit=limit, cursor=cursor, before=before, until=until, query=q or "", sort=sort)
    if sort:
        return _sorted(name, sort, limit=limit, cursor=cursor, is_alone=not (q or before or until))
    below = _id_of(cursor) if cursor else queries.LARGEST_ID
    if before:
        below = min(below, _id_before(name, before))
    if until:
        below = min(below, queries.id_dated_until(name, until) + 1)
    page = queries.read_page(name, limit=limit, before_id=below, query=q or "")
    return {"items": page.items, "next": None if page.next_id is None else str(page.next_id)}


@api.post("/invoices", response={201: DocumentOut, 200: BatchOut, **POST_ERRORS}, auth=can_control, tags=["invoices"])
def post_invoices(
    request: HttpRequest,
    body: Body[Posted],
    idempotency_key: Key | None = KEY_HEADER,
) -> Any:
    """Issue a document (201, with all that it says), or a batch of up to 1,000 (200, with an answer for each).

    Each document of a batch is issued or refused by itself. With an `Idempotency-Key`, the same request sent again is
    answered as before (`Idempotent-Replayed: true`) and done once; keys are kept for 24 hours.
    """
    if idempotency_key is None:
        answer = answer_posted(body)
    else:
        answer = idempotency.once(
            lambda: answer_posted(body), scope=access.name_of(request), key=idempotency_key, body=request.body
        )
    headers = {"Idempotent-Replayed": "true"} if answer.is_replayed else {}
    return HttpResponse(answer.text, status=answer.status, content_type="application/json", headers=headers)


@api.get("/invoices/{path:invoice_number}", response={200: DocumentOut, **ERRORS}, auth=can_view, tags=["invoices"])
def get_invoice(request: HttpRequest, invoice_number: Text) -> Any:
    """One invoice or credit note by its number, with all that it says."""
    return serialize.document(read_documents([invoice_number])[0])


def _replayed(
    feed: str, *, limit: int, cursor: str | None, before: str | None, until: date | None, query: str, sort: str | None
) -> dict[str, Any]:
    if sort:
        raise _bad("sort", "a replay's invoices come in the order in which they are shown")
    below = _id_of(cursor) if cursor else queries.LARGEST_ID
    if before:
        below = min(below, replayed.position_of(feed, before))
    page = replayed.read_page(feed, limit=limit, before=below, until=until, query=query)
    return {"items": page.items, "next": None if page.next_id is None else str(page.next_id)}


def _sorted(feed: str, sort: sorting.Sort, *, limit: int, cursor: str | None, is_alone: bool) -> dict[str, Any]:
    if not is_alone:
        raise _bad("sort", "what is searched for, or begins at a number or a day, comes in the order of issue")
    try:
        page = sorting.read_sorted(feed, sort, limit=limit, cursor=cursor)
    except sorting.BadCursor as bad:
        raise _bad("cursor", str(bad)) from bad
    except sorting.TooManyToSort as refusal:
        raise _bad("sort", str(refusal)) from refusal
    return {"items": page.items, "next": page.next}


def _id_of(cursor: str) -> int:
    if not ID.fullmatch(cursor):
        raise _bad("cursor", str(sorting.BadCursor()))
    return int(cursor)


def _bad(field: str, message: str) -> ValidationError:
    return ValidationError([{"loc": ["query", field], "msg": message}])


def _id_before(feed: str, number: str) -> int:
    return queries.id_of(feed, number)

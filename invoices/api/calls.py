"""Invoices: by the page, and posted, one or many."""

from __future__ import annotations

from typing import Annotated, Any, cast

from django.http import HttpRequest, HttpResponse
from ninja import Body, Field, Header, Router
from ninja.errors import ValidationError

from accounts.access import CONTROL, VIEW_FEED
from invoices import sorting
from invoices.api.keyed import answer_once
from invoices.api.schemas import (
    KEY_LENGTH,
    KEY_PATTERN,
    BatchOut,
    DocumentOut,
    OutcomeStateOut,
    PageOut,
    Posted,
    Search,
)
from invoices.names import may_see_names
from stores.reading import reading_stores
from streaming import feed as feeds
from streaming.feed import BadPageQuery, PageQuery
from streaming.schemas import FeedName, chosen_feed
from web.exact import Day
from web.paging import Cursor, Limit, present_page
from web.permissions import requires
from web.schemas import Problem, Text

router = Router(tags=["invoices"])
Before = Annotated[Text, Field(description="an invoice number: those issued before it")]
Until = Annotated[Day, Field(description="a day: from the newest on that are dated that day (UTC) or before")]
Sort = Annotated[
    sorting.Sort, Field(description="instead of the order of issue; - is descending; not with `q`, `before` or `until`")
]
Key = Annotated[
    str,
    Field(
        min_length=1,
        max_length=KEY_LENGTH,
        pattern=KEY_PATTERN,
        description="a request sent again with its key and body is done once",
    ),
]
Prefer = Annotated[str, Field(description="`respond-async`: 202 instead of 503 while the request is still at work")]
# A header's name has dashes, which ninja's `Header[...]` would document as underscores.
KEY_HEADER: Any = cast(Any, Header)(None, alias="Idempotency-Key")
PREFER_HEADER: Any = cast(Any, Header)(None, alias="Prefer")
ERRORS = {frozenset({401, 403, 404, 422, 503}): Problem}
POST_ERRORS = {frozenset({400, 401, 403, 409, 413, 422, 503}): Problem}


@router.get("/invoices", response={200: PageOut, **ERRORS}, auth=requires(VIEW_FEED))
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
    """Invoices in the order of issue, newest first; or by number, date or total. Of a replay, those it has announced.

    Buyers of a store are masked for its viewers, who search by number alone.
    """
    name = chosen_feed(feed)
    asked = PageQuery(
        limit=limit, cursor=cursor, before=before, until=until, query=q or "", sort=sort,
        with_names=may_see_names(request, name),
    )  # fmt: skip
    try:
        with reading_stores():
            page = feeds.kind_of(name).read_page(name, asked)
    except BadPageQuery as bad:
        raise ValidationError([{"loc": ["query", bad.field], "msg": str(bad)}]) from bad
    return present_page(page.items, page.next_cursor)


@router.post(
    "/invoices",
    response={201: DocumentOut, 200: BatchOut, 202: OutcomeStateOut, **POST_ERRORS},
    auth=requires(CONTROL, begins_outcome=False),
)
def post_invoices(
    request: HttpRequest,
    body: Body[Posted],
    idempotency_key: Key | None = KEY_HEADER,
    prefer: Prefer | None = PREFER_HEADER,
) -> Any:
    """Issue a document (201, with all that it says), or a batch of up to 1,000 (200, with an answer for each).

    Each document of a batch is issued or refused by itself. With an `Idempotency-Key`, the same request sent again is
    answered as before (`Idempotent-Replayed: true`) and done once; keys are kept for 24 hours. Every answer, a 503 as
    well, has `Location`: the address of the outcome, under that key or one made here. A 503 says what is known of the
    outcome. With `Prefer: respond-async` a request that is still at work at its limit of time is answered 202 instead.
    """
    answer = answer_once(request, body, idempotency_key)
    headers = {"Idempotent-Replayed": "true"} if answer.is_replayed else {}
    return HttpResponse(answer.text, status=answer.status, content_type="application/json", headers=headers)

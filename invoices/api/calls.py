"""Invoices, one or by the page."""

from __future__ import annotations

from typing import Annotated, Any, cast

from django.http import HttpRequest, HttpResponse
from ninja import Body, Field, Header, Router
from ninja.errors import ValidationError

from accounts import access
from accounts.access import CONTROL, VIEW
from invoices import sorting
from invoices.api.posting import answer_posted
from invoices.api.schemas import BatchOut, DocumentOut, PageOut, Posted, Search
from invoices.documents import idempotency, serialize
from invoices.documents.read import read_documents
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
        max_length=255,
        pattern=r"^[\x21-\x7e]+$",
        description="a request sent again with its key and body is done once",
    ),
]
# A header's name has dashes, which ninja's `Header[...]` would document as underscores.
KEY_HEADER: Any = cast(Any, Header)(None, alias="Idempotency-Key")
ERRORS = {frozenset({401, 403, 404, 422, 503}): Problem}
POST_ERRORS = {frozenset({400, 401, 403, 409, 413, 422, 503}): Problem}


@router.get("/invoices", response={200: PageOut, **ERRORS}, auth=requires(VIEW))
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
    asked = PageQuery(limit=limit, cursor=cursor, before=before, until=until, query=q or "", sort=sort)
    try:
        page = feeds.kind_of(name).read_page(name, asked)
    except BadPageQuery as bad:
        raise ValidationError([{"loc": ["query", bad.field], "msg": str(bad)}]) from bad
    return present_page(page.items, page.next_cursor)


@router.post("/invoices", response={201: DocumentOut, 200: BatchOut, **POST_ERRORS}, auth=requires(CONTROL))
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


@router.get("/invoices/{path:invoice_number}", response={200: DocumentOut, **ERRORS}, auth=requires(VIEW))
def get_invoice(request: HttpRequest, invoice_number: Text) -> Any:
    """One invoice or credit note by its number, with all that it says."""
    return serialize.document(read_documents([invoice_number])[0])

"""Invoices, one or by the page."""

from __future__ import annotations

import re
from datetime import date
from typing import Annotated, Any

from django.http import HttpRequest
from ninja import Field
from ninja.errors import ValidationError

from dashboard.api.app import api, can_view
from dashboard.api.routes import renditions  # noqa: F401 - its addresses with endings come before those without
from dashboard.api.schemas import FeedName, InvoiceOut, PageOut, Problem, Search, Text, chosen_feed
from invoices import queries, sorting

Limit = Annotated[int, Field(ge=1, le=200)]
Cursor = Annotated[str, Field(pattern=r"^[A-Za-z0-9_-]{1,1000}$", description="`next` of the page before")]
ID = re.compile(r"[0-9]{1,18}", re.ASCII)
Before = Annotated[Text, Field(description="an invoice number: those issued before it")]
Until = Annotated[date, Field(description="a day: from the newest on that are dated that day (UTC) or before")]
Sort = Annotated[
    sorting.Sort, Field(description="instead of the order of issue; - is descending; not with `q`, `before` or `until`")
]
ERRORS = {frozenset({401, 403, 404, 422, 503}): Problem}


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
    """Invoices in the order of issue, newest first; or by number, date or total."""
    name = chosen_feed(feed)
    if sort:
        return _sorted(name, sort, limit=limit, cursor=cursor, is_alone=not (q or before or until))
    below = _id_of(cursor) if cursor else queries.LARGEST_ID
    if before:
        below = min(below, _id_before(name, before))
    if until:
        below = min(below, queries.id_dated_until(name, until) + 1)
    page = queries.read_page(name, limit=limit, before_id=below, query=q or "")
    return {"items": page.items, "next": None if page.next_id is None else str(page.next_id)}


@api.get("/invoices/{path:invoice_number}", response={200: InvoiceOut, **ERRORS}, auth=can_view, tags=["invoices"])
def get_invoice(request: HttpRequest, invoice_number: Text) -> Any:
    """One invoice by its number."""
    return queries.read_invoice(invoice_number)


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

"""Invoices, one or by the page."""

from __future__ import annotations

from typing import Annotated, Any

from django.http import HttpRequest
from ninja import Field

from dashboard.api.app import api, can_view
from dashboard.api.schemas import FeedName, InvoiceOut, PageOut, Problem, Text, chosen_feed
from invoices import queries

Limit = Annotated[int, Field(ge=1, le=200)]
Cursor = Annotated[str, Field(pattern=r"^[0-9]{1,18}$", description="`next` of the page before")]
Before = Annotated[Text, Field(description="an invoice number: those issued before it")]
Search = Annotated[Text, Field(description="the beginning of a number, or words that begin words of seller or buyer")]
ERRORS = {frozenset({401, 403, 404, 422, 503}): Problem}


@api.get("/invoices", response={200: PageOut, **ERRORS}, auth=can_view, tags=["invoices"])
def list_invoices(
    request: HttpRequest,
    feed: FeedName | None = None,
    limit: Limit = 20,
    cursor: Cursor | None = None,
    before: Before | None = None,
    q: Search | None = None,
) -> Any:
    """Invoices in the order of issue, newest first."""
    name = chosen_feed(feed)
    below = int(cursor) if cursor else queries.LARGEST_ID
    if before:
        below = min(below, _id_before(name, before))
    page = queries.read_page(name, limit=limit, before_id=below, query=q or "")
    return {"items": page.items, "next": None if page.next_id is None else str(page.next_id)}


@api.get("/invoices/{path:invoice_number}", response={200: InvoiceOut, **ERRORS}, auth=can_view, tags=["invoices"])
def get_invoice(request: HttpRequest, invoice_number: Text) -> Any:
    """One invoice by its number."""
    return queries.read_invoice(invoice_number)


def _id_before(feed: str, number: str) -> int:
    return queries.id_of(feed, number)

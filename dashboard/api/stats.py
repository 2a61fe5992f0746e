"""The totals of a feed, and the history of its last seconds."""

from __future__ import annotations

import json
from typing import Annotated, Any

from django.http import HttpRequest, HttpResponse
from ninja import Field, Router

from accounts.access import VIEW_FEED
from dashboard.api.schemas import HistoryOut, StatsOut
from dashboard.history import read_history
from streaming import feed as feeds
from streaming.schemas import FeedName, chosen_feed
from web.permissions import requires
from web.schemas import Problem

Currency = Annotated[str, Field(pattern=r"^[A-Z]{3}$")]
Seconds = Annotated[int, Field(ge=1, le=3600)]
JSON = "application/json; charset=utf-8"
router = Router(tags=["stats"])
ERRORS = {frozenset({401, 403, 404, 422, 503}): Problem}


@router.get("/stats", response={200: StatsOut, **ERRORS}, auth=requires(VIEW_FEED))
def get_stats(request: HttpRequest, feed: FeedName | None = None, currency: Currency | None = None) -> Any:
    """Count, sums and average of a feed in one currency; at most a second older than the last commit."""
    name = chosen_feed(feed)
    return feeds.kind_of(name).read_totals(name, currency)


@router.get("/stats/history", response={200: HistoryOut, **ERRORS}, auth=requires(VIEW_FEED))
def get_history(
    request: HttpRequest, feed: FeedName | None = None, seconds: Seconds = 300, currency: Currency | None = None
) -> Any:
    """Issued, shown and backlog, one row a second, oldest first; the last row is the current second.

    `invoice_count`, `total_amount` and `vat_amount` are those of the invoices in `currency`.
    """
    name = chosen_feed(feed)
    # Row by row: the objects of the response model would take 6 MB for an hour.
    items = ", ".join(map(json.dumps, read_history(name, seconds, currency)))
    return HttpResponse(f'{{"feed": {json.dumps(name)}, "items": [{items}]}}', content_type=JSON)

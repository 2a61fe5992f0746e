"""Totals of a feed, and what happened in its last seconds."""

from __future__ import annotations

from typing import Annotated, Any

from django.http import HttpRequest
from ninja import Field

from dashboard.api.app import api, can_view
from dashboard.api.schemas import FeedName, HistoryOut, Problem, StatsOut, chosen_feed
from dashboard.history import read_history
from invoices import totals
from replays import figures
from replays.operations import is_replay

Currency = Annotated[str, Field(pattern=r"^[A-Z]{3}$")]
Seconds = Annotated[int, Field(ge=1, le=3600)]
ERRORS = {frozenset({401, 403, 404, 422, 503}): Problem}


@api.get("/stats", response={200: StatsOut, **ERRORS}, auth=can_view, tags=["stats"])
def get_stats(request: HttpRequest, feed: FeedName | None = None, currency: Currency | None = None) -> Any:
    """Count, sums and average of a feed in one currency; at most a second behind a commit."""
    name = chosen_feed(feed)
    return figures.read_stats(name, currency) if is_replay(name) else totals.get(name, currency)


@api.get("/stats/history", response={200: HistoryOut, **ERRORS}, auth=can_view, tags=["stats"])
def get_history(request: HttpRequest, feed: FeedName | None = None, seconds: Seconds = 300) -> Any:
    """Issued, shown and backlog, a row a second, oldest first; the last row is the second under way."""
    name = chosen_feed(feed)
    return {"feed": name, "items": read_history(name, seconds)}

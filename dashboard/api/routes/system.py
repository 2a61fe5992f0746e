"""The state of a feed and of the processes behind it."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest

from dashboard.api.app import api, can_view
from dashboard.api.schemas import FeedName, Problem, StatusOut, chosen_feed
from dashboard.status import read_status

ERRORS = {frozenset({401, 403, 404, 422, 503}): Problem}


@api.get("/system/status", response={200: StatusOut, **ERRORS}, auth=can_view, tags=["system"])
def get_status(request: HttpRequest, feed: FeedName | None = None) -> Any:
    """What a feed is doing: its run, its display, the processes and services."""
    return read_status(chosen_feed(feed))

"""The state of a feed and of the processes behind it."""

from __future__ import annotations

from typing import Annotated, Any

from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from ninja import Field, Router

from accounts.access import CONTROL, VIEW, VIEW_FEED, is_open
from dashboard.activity import read_activity
from dashboard.api.schemas import EventsOut, QueuesOut, StatusOut
from dashboard.queues import read_queues
from dashboard.status import read_status
from local.control import Refused, request_kill
from streaming.schemas import FeedName, chosen_feed
from web.permissions import requires
from web.problems import problem
from web.schemas import Problem, Text

router = Router(tags=["system"])
ERRORS = {frozenset({401, 403, 404, 422, 503}): Problem}


@router.get("/system/status", response={200: StatusOut, **ERRORS}, by_alias=True, auth=requires(VIEW_FEED))
def get_status(request: HttpRequest, feed: FeedName | None = None) -> Any:
    """The status of a feed: its run, its display, the processes and services."""
    return read_status(chosen_feed(feed))


@router.get("/system/queues", response={200: QueuesOut, **ERRORS}, auth=requires(VIEW))
def get_queues(request: HttpRequest) -> Any:
    """The length of each feed's display queue and of each Celery queue, and how fast it changes."""
    return {"items": read_queues()}


@router.get("/system/events", response={200: EventsOut, **ERRORS}, auth=requires(VIEW))
def get_events(request: HttpRequest, limit: Annotated[int, Field(ge=1, le=200)] = 50) -> Any:
    """The recent activity, newest first: runs, skips, purges, starts of processes."""
    return {"items": read_activity(limit)}


@router.post(
    "/system/processes/{name}/kill",
    response={204: None, frozenset({401, 403, 409, 422, 503}): Problem},
    auth=requires(CONTROL, advice="GET /api/system/status has the present state."),
)
def kill_process(request: HttpRequest, name: Text) -> Any:
    """kill -9 a process of the local supervisor, to watch its restart. Allowed only where every client may do
    everything.
    """
    if not is_open():
        raise PermissionDenied("Killing a process requires INVOICEDASH_OPEN=1, which is for a machine of your own.")
    try:
        request_kill(settings.INVOICEDASH_DATA_DIR, name)
    except Refused as refusal:
        return problem(409, str(refusal))
    return HttpResponse(status=204)

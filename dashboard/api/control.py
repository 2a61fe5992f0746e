"""The control calls: START, STOP, reset, skip and pace. All change rows in PostgreSQL; none waits for a broker."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django.http import HttpRequest
from ninja import Router, Status

from accounts.access import CONTROL_FEED
from dashboard.api.schemas import PaceIn, ResetIn, StartIn, StatusOut
from dashboard.status import read_status
from streaming import feed as feeds
from streaming.feed import ControlRefused
from streaming.schemas import FeedName, FeedToStart, FeedToStop, chosen_feed
from web.outcomes import outcome_of
from web.permissions import requires
from web.schemas import Problem

router = Router(tags=["control"])
can_control = requires(CONTROL_FEED, advice="GET /api/system/status has the current state.")
ERRORS = {frozenset({400, 401, 403, 404, 409, 413, 422, 503}): Problem}


@router.post("/control/start", response={201: StatusOut, **ERRORS}, by_alias=True, auth=can_control)
def start(request: HttpRequest, body: StartIn | None = None, feed: FeedToStart | None = None) -> Any:
    """Start a run of rate x duration invoices on the demo feed."""
    name = chosen_feed(feed)
    start_run = feeds.kind_of(name).start
    if start_run is None:
        raise ControlRefused(name, "start")
    asked = body or StartIn()
    start_run(rate_per_second=_decimal(asked.rate_per_second), duration_seconds=asked.duration_seconds, seed=asked.seed)
    return Status(201, _status_after(request, name))


@router.post("/control/stop", response={200: StatusOut, **ERRORS}, by_alias=True, auth=can_control)
def stop(request: HttpRequest, feed: FeedToStop | None = None) -> Any:
    """Stop the run or the replay. After the answer nothing more is issued; queued rows are still shown."""
    name = chosen_feed(feed)
    feeds.operation(name, "stop")(name)
    return _status_after(request, name)


@router.post("/control/reset", response={200: StatusOut, **ERRORS}, by_alias=True, auth=can_control)
def reset_feed(request: HttpRequest, body: ResetIn | None = None, feed: FeedName | None = None) -> Any:
    """Stop the run, skip the queued rows and clear the screens; with purge also delete the generated invoices."""
    name, control = chosen_feed(feed), "purge" if body and body.purge else "reset"
    feeds.operation(name, control)(name)
    return _status_after(request, name)


@router.post("/control/skip", response={200: StatusOut, **ERRORS}, by_alias=True, auth=can_control)
def skip(request: HttpRequest, feed: FeedName | None = None) -> Any:
    """Skip all queued rows."""
    name = chosen_feed(feed)
    feeds.skip_queued(name)
    return _status_after(request, name)


@router.put("/feed", response={200: StatusOut, **ERRORS}, by_alias=True, auth=can_control)
def set_pace(request: HttpRequest, body: PaceIn, feed: FeedName | None = None) -> Any:
    """Set how the feed is shown: every row or the latest, and how many rows a second."""
    name = chosen_feed(feed)
    rate = _decimal(body.rate_per_second) if "rate_per_second" in body.model_fields_set else None
    feeds.set_pace(name, mode=body.mode if "mode" in body.model_fields_set else None, rate_per_second=rate)
    return _status_after(request, name)


def _status_after(request: HttpRequest, name: str) -> Any:
    """The state of the feed after the committed change: a later failure does not undo the change."""
    outcome_of(request).finish()
    return read_status(name)


def _decimal(number: float) -> Decimal:
    """The decimal that the client wrote, without trailing zeros."""
    return Decimal(repr(number))

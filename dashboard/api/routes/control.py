"""START, STOP, reset, skip and pace. All are row changes in PostgreSQL; none waits for a broker."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django.http import HttpRequest
from ninja import Status

from dashboard.api.app import api, can_control
from dashboard.api.schemas import (
    FeedName,
    GeneratedFeed,
    PaceIn,
    Problem,
    ResetIn,
    StartIn,
    StatusOut,
    StoppableFeed,
    chosen_feed,
)  # fmt: skip
from dashboard.outcomes import outcome_of
from dashboard.status import read_status
from invoices.generation import reset, runs
from replays import operations as replays
from streaming import feed as feeds

ERRORS = {frozenset({400, 401, 403, 404, 409, 413, 422, 503}): Problem}


@api.post("/control/start", response={201: StatusOut, **ERRORS}, by_alias=True, auth=can_control, tags=["control"])
def start(request: HttpRequest, body: StartIn | None = None, feed: GeneratedFeed | None = None) -> Any:
    """Start a run of rate x duration invoices on the demo feed."""
    name = _check_generated(chosen_feed(feed))
    asked = body or StartIn()
    runs.start(
        rate_per_second=_decimal(asked.rate_per_second), duration_seconds=asked.duration_seconds, seed=asked.seed
    )
    return Status(201, _status_after(request, name))


@api.post("/control/stop", response={200: StatusOut, **ERRORS}, by_alias=True, auth=can_control, tags=["control"])
def stop(request: HttpRequest, feed: StoppableFeed | None = None) -> Any:
    """Stop the run, or the replay. After the answer nothing more is issued; what is queued goes on being shown."""
    name = chosen_feed(feed)
    if replays.is_replay(name):
        replays.stop(name)
    else:
        _check_generated(name)
        runs.stop()
    return _status_after(request, name)


@api.post("/control/reset", response={200: StatusOut, **ERRORS}, by_alias=True, auth=can_control, tags=["control"])
def reset_feed(request: HttpRequest, body: ResetIn | None = None, feed: FeedName | None = None) -> Any:
    """Stop the run, skip what is queued, clear the screens; with purge also drop the generated invoices."""
    name, purge = chosen_feed(feed), bool(body and body.purge)
    if replays.is_replay(name) and not purge:
        replays.reset(name)
    else:
        reset.reset(name, purge=purge)
    return _status_after(request, name)


@api.post("/control/skip", response={200: StatusOut, **ERRORS}, by_alias=True, auth=can_control, tags=["control"])
def skip(request: HttpRequest, feed: FeedName | None = None) -> Any:
    """Pass over everything that is queued."""
    name = chosen_feed(feed)
    feeds.skip_queued(name)
    return _status_after(request, name)


@api.put("/feed", response={200: StatusOut, **ERRORS}, by_alias=True, auth=can_control, tags=["control"])
def set_pace(request: HttpRequest, body: PaceIn, feed: FeedName | None = None) -> Any:
    """Set how the feed is shown: every row or the latest, and how many rows a second."""
    name = chosen_feed(feed)
    rate = _decimal(body.rate_per_second) if "rate_per_second" in body.model_fields_set else None
    feeds.set_pace(name, mode=body.mode if "mode" in body.model_fields_set else None, rate_per_second=rate)
    return _status_after(request, name)


def _status_after(request: HttpRequest, name: str) -> Any:
    """The state of the feed after the change, which is committed: a failure from here on is not one of the change."""
    outcome_of(request).finish()
    return read_status(name)


def _check_generated(name: str) -> str:
    if name != "demo":
        raise runs.BadRun(f"feed: invoices are generated on the demo feed alone, not on {name!r}.")
    return name


def _decimal(number: float) -> Decimal:
    """The decimal that the caller wrote, as short as it was."""
    return Decimal(repr(number))

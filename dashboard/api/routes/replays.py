"""Replays: a past window of stored invoices, shown once more on a feed of its own."""

from __future__ import annotations

from decimal import Decimal
from typing import Annotated, Any, Literal

from django.http import HttpRequest, HttpResponse
from ninja import Field, Schema, Status
from ninja.errors import ValidationError
from pydantic import ConfigDict

from dashboard.api.app import api, can_replay, can_view
from dashboard.api.schemas import FeedName, Problem, ReplayOut, Strict, Text
from dashboard.outcomes import outcome_of
from dashboard.replays import read_replays, read_windows
from replays import operations
from replays.models import LARGEST_SPEED, LEAST_SPEED
from replays.present import BadMoment, parse_moment, present_replay
from streaming import feed as feeds

Moment = Annotated[
    Text,
    Field(
        description="a day (its first moment) or a day and time, ISO 8601; UTC unless a zone is given",
        examples=["2010-12-06", "2010-12-06T08:30:00+01:00"],
    ),
]
Speed = Annotated[float, Field(strict=True, ge=LEAST_SPEED, le=LARGEST_SPEED, allow_inf_nan=False)]
ERRORS = {frozenset({400, 401, 403, 409, 413, 422, 503}): Problem}


class ReplayIn(Strict):
    model_config = ConfigDict(populate_by_name=True)

    begin: Moment = Field(alias="from")
    end: Moment = Field(alias="to", description="the first moment after the window")
    speed: Speed = Field(60, description="times its own time")
    feed: Annotated[Text, Field(json_schema_extra={"enum": list(feeds.FEEDS)})] = Field(
        "live", description="whose invoices"
    )


class WindowOut(Schema):
    begin: str = Field(alias="from")
    end: str = Field(alias="to")


class ReplaysOut(Schema):
    items: list[ReplayOut]
    last_days: dict[Literal["demo", "live"], WindowOut | None]


@api.post("/replays", response={201: ReplayOut, **ERRORS}, auth=can_replay, tags=["replays"], by_alias=True)
def start_replay(request: HttpRequest, body: ReplayIn) -> Any:
    """Start to show the invoices dated in a window once more, at a multiple of their own time, on a feed of their own."""
    try:
        replay = operations.start(
            source=body.feed,
            begins_at=_moment("from", body.begin),
            ends_at=_moment("to", body.end),
            speed=Decimal(repr(body.speed)),
        )
    except operations.BadReplay as refusal:
        raise _bad(refusal.field, str(refusal)) from refusal
    outcome_of(request).finish()
    return Status(201, present_replay(replay, replay.started_at))


@api.get(
    "/replays",
    response={200: ReplaysOut, frozenset({401, 403, 422, 503}): Problem},
    auth=can_view,
    tags=["replays"],
    by_alias=True,
)
def list_replays(request: HttpRequest) -> Any:
    """The replays that are kept, the newest first; and the last day of each feed, which is what most people ask for."""
    return {"items": read_replays(), "last_days": read_windows()}


@api.delete(
    "/replays/{feed}",
    response={204: None, frozenset({401, 403, 404, 422, 503}): Problem},
    auth=can_replay,
    tags=["replays"],
)
def remove_replay(request: HttpRequest, feed: FeedName) -> Any:
    """Stop a replay if it runs, and take it and its feed out of every answer. Invoices stay as they are."""
    operations.remove(feed)
    return HttpResponse(status=204)


def _moment(field: str, text: str) -> Any:
    try:
        return parse_moment(text)
    except BadMoment as bad:
        raise _bad(field, str(bad)) from bad


def _bad(field: str, message: str) -> ValidationError:
    return ValidationError([{"loc": ["body", field], "msg": message}])

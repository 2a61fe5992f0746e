"""Types of the API calls for replays."""

from __future__ import annotations

from typing import Annotated, Literal

from ninja import Field, Schema
from pydantic import ConfigDict

from replays.models import LARGEST_SPEED, LEAST_SPEED
from streaming.schemas import FeedWithRows, KeyOfFeedWithRows
from web.schemas import Strict, Text

Moment = Annotated[
    Text,
    Field(
        description="a day (its start) or a day and time, ISO 8601; UTC unless a zone is given",
        examples=["2010-12-06", "2010-12-06T08:30:00+01:00"],
    ),
]
Speed = Annotated[float, Field(strict=True, ge=LEAST_SPEED, le=LARGEST_SPEED, allow_inf_nan=False)]


class ReplayOut(Schema):
    feed: str
    source: str
    begin: str = Field(alias="from")
    end: str = Field(alias="to")
    speed: float
    state: Literal["running", "stopped", "completed"]
    clock: str = Field(description="the current time in the window")
    progress: float
    started_at: str
    ended_at: str | None


class ReplayIn(Strict):
    model_config = ConfigDict(populate_by_name=True)

    begin: Moment = Field(alias="from")
    end: Moment = Field(alias="to", description="the first moment after the window")
    speed: Speed = Field(60, description="speed-up factor")
    feed: FeedWithRows = Field("live", description="the feed of the invoices")


class WindowOut(Schema):
    begin: str = Field(alias="from")
    end: str = Field(alias="to")


class ReplaysOut(Schema):
    items: list[ReplayOut]
    last_days: dict[KeyOfFeedWithRows, WindowOut | None]

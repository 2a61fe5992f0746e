"""The shapes of the API (CONTRACT: HTTP API). Money is text, rates are numbers, counts and seconds integers."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from django.conf import settings
from ninja import Field, Schema
from pydantic import AfterValidator, ConfigDict, model_validator

from streaming import feed as feeds
from web.exact import WrittenNumber

Rate = Annotated[float, Field(strict=True, ge=0.1, le=10_000, allow_inf_nan=False)]
DisplayRate = Annotated[float, Field(strict=True, ge=0.1, le=1000, allow_inf_nan=False)]
Mode = Literal["every", "latest"]
Duration = Annotated[int, Field(strict=True, ge=1, le=86400)]


def _plain(text: str) -> str:
    if "\0" in text:
        raise ValueError("it holds a NUL character, which no name or number has")
    return text


Text = Annotated[str, Field(max_length=200, json_schema_extra={"pattern": r"^[^\u0000]*$"}), AfterValidator(_plain)]
Search = Annotated[Text, Field(description="the beginning of a number, or words that begin words of seller or buyer")]
# Replays have feeds of their own, which come and go.
_FEED = {"anyOf": [{"enum": list(feeds.FEEDS)}, {"pattern": r"^replay-[1-9][0-9]{0,17}$"}]}
FeedName = Annotated[Text, Field(json_schema_extra=_FEED)]
_STOPPABLE = {"anyOf": [{"enum": ["demo"]}, {"pattern": r"^replay-[1-9][0-9]{0,17}$"}]}
StoppableFeed = Annotated[Text, Field(json_schema_extra=_STOPPABLE)]
GeneratedFeed = Annotated[Text, Field(json_schema_extra={"enum": ["demo"]})]


class Strict(Schema):
    """A body that may hold these fields and no others."""

    model_config = ConfigDict(extra="forbid")

    @model_validator(mode="before")
    @classmethod
    def _refuse_numbers(cls, value: Any) -> Any:
        """ninja reads the attributes of whatever it is given; a number of JSON is no object, though it has some."""
        if isinstance(value, WrittenNumber):
            raise ValueError("Input should be an object")
        return value


class StartIn(Strict):
    rate_per_second: Rate = Field(
        default_factory=lambda: float(settings.GENERATION_RATE), description="invoices a second"
    )
    duration_seconds: Duration = Field(default_factory=lambda: settings.GENERATION_DURATION)
    seed: Annotated[int, Field(strict=True, ge=-(2**63), le=2**63 - 1)] | None = None


class ResetIn(Strict):
    purge: Annotated[bool, Field(strict=True)] = False


class PaceIn(Strict):
    """What is left out stays as it is: the defaults are never read."""

    mode: Mode = Field(default_factory=lambda: "every")
    rate_per_second: DisplayRate = Field(default_factory=lambda: 2.0, description="rows a second")


class StatsOut(Schema):
    feed: str
    currency: str
    invoice_count: int
    subtotal_amount: str
    vat_amount: str
    total_amount: str
    average_amount: str
    as_of: str
    source: Literal["cache", "database"]


class SecondOut(Schema):
    at: str
    issued: int
    shown: int
    backlog: int
    invoice_count: int | None
    total_amount: str | None
    vat_amount: str | None


class HistoryOut(Schema):
    feed: str
    items: list[SecondOut]


class InvoiceOut(Schema):
    id: int
    invoice_number: str
    invoice_date: str
    seller_name: str
    buyer_name: str
    currency: str
    vat_rate: str | None
    subtotal: str
    vat_amount: str
    total_amount: str
    kind: Literal["invoice", "credit_note"]


class PageOut(Schema):
    items: list[InvoiceOut]
    next: str | None


class RunOut(Schema):
    id: int
    state: Literal["running", "stopping", "stopped", "completed"]
    rate_per_second: float
    duration_seconds: int
    seed: int
    target_count: int
    issued_count: int
    started_at: str
    stopped_at: str | None
    ends_at: str


class DisplayOut(Schema):
    mode: Mode
    rate_per_second: float
    backlog: int
    announced_count: int
    shown_count: int
    skipped_count: int
    last_seq: int
    drain_eta_seconds: int


class ProcessOut(Schema):
    name: str
    state: Literal["up", "down"]
    pid: int | None
    started_at: str | None
    restarts: int | None
    last_heartbeat_at: str | None
    memory_bytes: int | None


class ServicesOut(Schema):
    postgres: Literal["up", "down"]
    redis: Literal["up", "down"]


class ReplayOut(Schema):
    feed: str
    source: str
    begin: str = Field(alias="from")
    end: str = Field(alias="to")
    speed: float
    state: Literal["running", "stopped", "completed"]
    clock: str = Field(description="its own time")
    progress: float
    started_at: str
    ended_at: str | None


class StatusOut(Schema):
    feed: str
    state: Literal["idle", "running", "stopping", "draining"]
    run: RunOut | None
    replay: ReplayOut | None
    display: DisplayOut
    processes: list[ProcessOut]
    services: ServicesOut


class QueueOut(Schema):
    name: str
    kind: Literal["display", "celery"]
    waiting: int | None
    in_per_second: float | None
    out_per_second: float | None
    drain_eta_seconds: int | None


class QueuesOut(Schema):
    items: list[QueueOut]


class EventOut(Schema):
    at: str
    kind: Literal["run", "skip", "purge", "replay", "process"]
    text: str


class EventsOut(Schema):
    items: list[EventOut]


class FieldError(Schema):
    field: str
    message: str
    rule: str | None = Field(default=None, description="of EN 16931, such as BR-CO-15")


class PendingOut(Schema):
    state: Literal["pending"]
    detail: str


class Problem(Schema):
    """RFC 9457. `errors` names the bad fields of a 422, `services` tells what is down with a 503."""

    type: str
    title: str
    status: int
    detail: str
    errors: list[FieldError] = []
    services: dict[str, Literal["up", "down"]] | None = None


def chosen_feed(name: str | None) -> str:
    """The feed that a call is about; raises `UnknownFeed`."""
    return feeds.check_feed(settings.INVOICEDASH_FEED if name is None else name)

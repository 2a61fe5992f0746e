"""Types of the calls for control, totals and system. Money is text, rates are numbers, counts and seconds are integers."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from django.conf import settings
from ninja import Field, Schema

from dashboard import activity
from invoices.api.schemas import RunOut
from orders.schemas import OrderAccountOut, OrderOut
from replays.schemas import ReplayOut
from runtime.conditions import NAMES
from web.schemas import Strict

Rate = Annotated[float, Field(strict=True, ge=0.1, le=10_000, allow_inf_nan=False)]
DisplayRate = Annotated[float, Field(strict=True, ge=0.1, le=1000, allow_inf_nan=False)]
Mode = Literal["every", "latest"]
Duration = Annotated[int, Field(strict=True, ge=1, le=86400)]


class StartIn(Strict):
    rate_per_second: Rate = Field(
        default_factory=lambda: float(settings.GENERATION_RATE), description="invoices a second"
    )
    duration_seconds: Duration = Field(default_factory=lambda: settings.GENERATION_DURATION)
    seed: Annotated[int, Field(strict=True, ge=-(2**63), le=2**63 - 1)] | None = None


class ResetIn(Strict):
    purge: Annotated[bool, Field(strict=True)] = False


class PaceIn(Strict):
    """The body of a pace call. Omitted fields stay unchanged: their defaults are never read."""

    mode: Mode = Field(default_factory=lambda: "every")
    rate_per_second: DisplayRate = Field(default_factory=lambda: 2.0, description="rows a second")


class CurrencyOut(Schema):
    currency: str
    invoice_count: int
    subtotal_amount: str
    vat_amount: str
    total_amount: str
    average_amount: str


class StatsOut(CurrencyOut):
    feed: str
    currencies: list[CurrencyOut] = Field(description="all currencies of the feed, never added together")
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


class ConditionOut(Schema):
    """A condition that holds now; docs/conditions.md says what raises each one and what to do."""

    name: str = Field(json_schema_extra={"examples": list(NAMES)})
    since: str
    subject: str
    sentence: str


class StoreAccountOut(OrderAccountOut):
    """The sums of the accounts of all orders of a store in one currency."""

    currency: str
    orders: int


class StoreMetricOut(Schema):
    """A figure of the store's present day; null where it is not defined, such as an average of nothing."""

    name: str
    value: str | int | None
    currency: str


class PhraseOut(Schema):
    """A part of a sentence; `at` is the instant that it is about."""

    text: str
    at: str | None


class StoreStateOut(Schema):
    """What the screens of a store show; the frames `order`, `account`, `metric` and `source` replace its parts."""

    slug: str
    name: str
    platform: str
    status: str
    currency: str
    timezone: str
    is_demo: bool
    health_state: Literal["ok", "silent", "late", "error", "connecting"]
    says: list[PhraseOut] = Field(description="the health in words")
    orders: list[OrderOut] = Field(description="the orders that changed last, the newest change first")
    accounts: list[StoreAccountOut]
    order_counts: dict[str, int] = Field(description="orders by invoice state")
    day: str | None = Field(description="the day of the figures, in the time zone of the store")
    metrics: list[StoreMetricOut]
    active_carts: int | None = Field(
        description="carts that changed in the last 10 minutes; null where none is reported"
    )
    delivery_counts: dict[str, int] = Field(description="deliveries that wait, are quarantined or dead")
    health: dict[str, Any] | None = Field(description="as GET /api/stores/{slug}/health; null without a shop")


class StatusOut(Schema):
    feed: str
    state: Literal["idle", "running", "stopping", "draining"]
    run: RunOut | None
    replay: ReplayOut | None
    display: DisplayOut
    processes: list[ProcessOut]
    services: ServicesOut
    conditions: list[ConditionOut]
    store: StoreStateOut | None = Field(description="the state of the store of the feed; null for a feed of no store")


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
    kind: Annotated[str, Field(json_schema_extra={"enum": list(activity.kinds())})]
    text: str


class EventsOut(Schema):
    items: list[EventOut]

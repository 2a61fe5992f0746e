"""The API of a connection with a shop: its health, and a reading on demand."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from django.http import HttpRequest
from ninja import Field, Router, Schema, Status

from integrations.webhooks.access import REPLAY, VIEW
from integrations.woocommerce import connections, health
from integrations.woocommerce.connections import NotConnected
from jobs import operations
from runtime.clock import read_clock
from stores.queries import UnknownStore, read_store
from web.exact import UtcMoment
from web.permissions import requires
from web.schemas import Problem, Strict

router = Router(tags=["stores"])
RESPONSES: dict[type[Exception], int] = {NotConnected: 404, UnknownStore: 404}
ERRORS = {frozenset({401, 403, 404, 422, 503}): Problem}
BODY_ERRORS = {frozenset({400, 401, 403, 404, 413, 422, 503}): Problem}
Slug = Annotated[str, Field(pattern=r"^[a-z0-9-]{1,35}$")]


class ConnectionOut(Schema):
    type: str
    status: Literal["active", "error", "revoked"]
    error: str
    scopes: list[str]
    checked_at: str | None


class CountsOut(Schema):
    """`rejected` are requests with a bad signature."""

    received: int
    duplicates: int
    rejected: int
    late: int
    missed: int
    healed: int


class SubscriptionOut(Schema):
    topic: str
    state: str


class SyncRunOut(Schema):
    kind: Literal["poll", "history", "ids", "webhooks"]
    state: Literal["done", "failed"]
    error: str
    started_at: str
    ended_at: str
    seen: int
    added: int
    healed: int
    gone: int


class HealthOut(Schema):
    connection: ConnectionOut
    last_event_at: str | None
    webhooks: CountsOut
    subscriptions: list[SubscriptionOut]
    token_expires_at: str | None
    runs: list[SyncRunOut]
    quarantined: int


class SyncIn(Strict):
    """`from` is the day that a history begins with; a poll begins where the last one ended."""

    kind: Literal["poll", "history"] = "poll"
    from_: UtcMoment | None = Field(default=None, alias="from")


class SyncOut(Schema):
    id: int
    state: str
    href: str


@router.get("/stores/{slug}/health", response={200: HealthOut, **ERRORS}, auth=requires(VIEW))
def get_health(request: HttpRequest, slug: Slug) -> Any:
    """How the connection of a store does."""
    return health.read_health(connections.read_connected_store(read_store(slug).id).id)


@router.post(
    "/stores/{slug}/sync", response={202: SyncOut, **BODY_ERRORS},
    auth=requires(REPLAY, advice="GET the health of the store: its runs have the reading."),
)  # fmt: skip
def start_sync(request: HttpRequest, slug: Slug, body: SyncIn) -> Any:
    """Read the orders of the shop now, as a job."""
    store = connections.read_connected_store(read_store(slug).id)
    since = (body.from_ or read_clock()).isoformat()
    job = operations.enqueue(f"woocommerce-{body.kind}", {"store": store.slug, "from": since})
    return Status(202, {"id": job.pk, "state": job.state, "href": f"/api/jobs/{job.pk}"})

"""The API of deliveries: lists, one with its body, and replay."""

from __future__ import annotations

from typing import Annotated, Any, Literal, cast

from django.http import HttpRequest
from ninja import Field, Query, Router, Schema

from integrations.webhooks import queries, replaying
from integrations.webhooks.access import VIEW
from integrations.webhooks.models import Delivery
from integrations.webhooks.queries import Filter, UnknownDelivery
from integrations.webhooks.replaying import TooMany
from integrations.webhooks.serialize import present_delivery, present_with_body
from stores.encryption import Undecipherable
from stores.members.store_access import SIGNED_IN, Role, Slug, UnknownStore, read_store_for
from stores.queries import StoreFacts
from web.exact import UtcMoment
from web.paging import Limit, present_page
from web.permissions import requires
from web.schemas import Problem, Strict

router = Router(tags=["deliveries"])
RESPONSES: dict[type[Exception], int] = {UnknownDelivery: 404, UnknownStore: 404, TooMany: 422, Undecipherable: 503}
ERRORS = {frozenset({401, 403, 404, 422, 503}): Problem}
BODY_ERRORS = {frozenset({400, 401, 403, 404, 413, 422, 503}): Problem}
State = Literal["new", "done", "set_aside", "quarantined", "dead", "orphan"]
LARGEST_ID = 2**63 - 1
Id = Annotated[int, Field(strict=True, ge=1, le=LARGEST_ID)]
Topic = Annotated[str, Field(pattern=r"^[a-z_./]{1,60}$")]
Before = Annotated[str, Field(pattern=r"^[0-9]{1,18}$", description="`next` of the previous page")]
# The name of the parameter is a word of Python.
FROM: Any = cast(Any, Query)(None, alias="from")
ADVICE = "GET the deliveries: those that are applied again are `new`."


class WebhookDeliveryOut(Schema):
    """One webhook. `order` is the external id of its order; a new one is tried again at `next_at`."""

    id: int
    topic: str
    state: State
    rule: str | None
    message: str
    received_at: str
    attempts: int
    duplicates: int
    order: str | None
    size: int
    next_at: str | None


class DeliveryWithBodyOut(WebhookDeliveryOut):
    body: str


class DeliveriesOut(Schema):
    items: list[WebhookDeliveryOut]
    next: str | None


class FilterIn(Strict):
    """All fields that are given must fit."""

    state: State | None = None
    topic: Topic | None = None
    from_: UtcMoment | None = Field(default=None, alias="from")
    to: UtcMoment | None = None
    ids: Annotated[list[Id], Field(max_length=1000)] = []

    def read(self) -> Filter:
        return Filter(state=self.state, topic=self.topic, since=self.from_, until=self.to, ids=tuple(self.ids))


class DeliveryReplayIn(Strict):
    filter: FilterIn = Field(default_factory=FilterIn)
    dry_run: Annotated[bool, Field(strict=True)] = False


class WouldOut(Schema):
    nothing: int
    update: int
    issue: int
    credit: int


class DeliveryReplayOut(Schema):
    """A dry run has `would`, the counts of deliveries by what they would do; a replay has `replayed`."""

    would: WouldOut | None = None
    replayed: int | None = None


@router.get("/deliveries", response={200: DeliveriesOut, **ERRORS}, auth=requires(VIEW))
def list_orphans(
    request: HttpRequest, state: Literal["orphan"] = "orphan", limit: Limit = 50, cursor: Before | None = None
) -> Any:
    """The deliveries that belong to no store, newest first."""
    return _page(None, Filter(state=state), limit, cursor)


@router.get("/stores/{slug}/deliveries", response={200: DeliveriesOut, **ERRORS}, auth=requires(SIGNED_IN))
def list_deliveries(
    request: HttpRequest, slug: Slug, state: State | None = None, topic: Topic | None = None,
    since: UtcMoment | None = FROM, to: UtcMoment | None = None, limit: Limit = 50, cursor: Before | None = None,
) -> Any:  # fmt: skip
    """The deliveries of a store, newest first."""
    chosen = Filter(state=state, topic=topic, since=since, until=to)
    return _page(read_store_for(request, slug, Role.VIEWER).id, chosen, limit, cursor)


@router.get(
    "/stores/{slug}/deliveries/{int:delivery_id}",
    response={200: DeliveryWithBodyOut, **ERRORS},
    auth=requires(SIGNED_IN),
)
def get_delivery(request: HttpRequest, slug: Slug, delivery_id: int) -> Any:
    """One delivery with its body, which names the buyer: for admins of the account."""
    return present_with_body(_delivery(read_store_for(request, slug, Role.ADMIN), delivery_id))


@router.post(
    "/stores/{slug}/deliveries/{int:delivery_id}/replay",
    response={200: WebhookDeliveryOut, **ERRORS},
    auth=requires(SIGNED_IN, advice=ADVICE),
)
def replay_one(request: HttpRequest, slug: Slug, delivery_id: int) -> Any:
    """Apply one delivery again."""
    store = read_store_for(request, slug, Role.ADMIN)
    found = _delivery(store, delivery_id)
    replaying.replay(store.id, Filter(ids=(found.pk,)))
    return present_delivery(_delivery(store, delivery_id))


@router.post(
    "/stores/{slug}/deliveries/replay",
    response={200: DeliveryReplayOut, **BODY_ERRORS},
    auth=requires(SIGNED_IN, advice=ADVICE),
)
def replay_many(request: HttpRequest, slug: Slug, body: DeliveryReplayIn) -> Any:
    """Apply the selected deliveries again. With `dry_run`, only say what that would do."""
    store = read_store_for(request, slug, Role.ADMIN)
    if body.dry_run:
        return {"would": replaying.preview(store.id, body.filter.read())}
    return {"replayed": replaying.replay(store.id, body.filter.read())}


def _page(store_id: int | None, wanted: Filter, limit: int, cursor: str | None) -> Any:
    found, following = queries.read_page(store_id, wanted, before=int(cursor) if cursor else None, limit=limit)
    return present_page([present_delivery(each) for each in found], following)


def _delivery(store: StoreFacts, delivery_id: int) -> Delivery:
    if delivery_id > LARGEST_ID:
        raise UnknownDelivery(f"There is no delivery {delivery_id} of this store.")
    return queries.read_one(store.id, delivery_id)

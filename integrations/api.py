"""The API of a connection with a shop: connect it, its health, and a reading on demand."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated, Any, Literal

from django.http import HttpRequest
from ninja import Field, Router, Schema, Status
from ninja.errors import ValidationError

from accounts.access import username_of
from integrations.shopify import installing
from integrations.syncing import health, sync
from integrations.syncing.errors import NotConnected, ShopError
from integrations.woocommerce import exchange, proving
from jobs import operations
from stores.members.store_access import SIGNED_IN, Role, Slug, UnknownStore, read_store_for
from stores.queries import StoreFacts, read_store_by_id
from stores.states import WrongState
from web.exact import UtcMoment
from web.permissions import requires
from web.schemas import Problem, Strict, Text

router = Router(tags=["stores"])
RESPONSES: dict[type[Exception], int] = {NotConnected: 404, UnknownStore: 404, WrongState: 409}
ERRORS = {frozenset({401, 403, 404, 422, 503}): Problem}
BODY_ERRORS = {frozenset({400, 401, 403, 404, 409, 413, 422, 503}): Problem}
# Before the first shop of this kind.
FIRST_DAY = datetime(2000, 1, 1, tzinfo=UTC)
Key = Annotated[Text, Field(min_length=1)]


class ConnectIn(Strict):
    """A shop of Shopify by `shop`, one of WooCommerce by `url`: the owner of the shop approves there.

    Keys of WooCommerce that were made by hand are proved and kept. `base_url` is the address of a simulated shop.
    """

    shop: Annotated[Text, Field(min_length=1, description="of Shopify, such as example.myshopify.com")] | None = None
    base_url: Text | None = None
    url: Annotated[Text, Field(min_length=1, description="of WooCommerce, such as https://shop.example.com")] | None = (
        None
    )
    consumer_key: Key | None = None
    consumer_secret: Key | None = None


class ConnectOut(Schema):
    """`redirect` is where the owner of the shop approves; null where the store is connected."""

    redirect: str | None
    status: str


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
    kind: Literal["poll", "history", "ids", "webhooks", "stock"]
    state: Literal["done", "failed"]
    error: str
    notice: str
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
    """`from` is the day that a history begins with, all orders unless it is given; a poll begins where the last one ended."""

    kind: Literal["poll", "history"] = "poll"
    from_: UtcMoment | None = Field(default=None, alias="from")


class SyncOut(Schema):
    id: int
    state: str
    href: str


@router.post(
    "/stores/{slug}/connect", response={200: ConnectOut, **BODY_ERRORS},
    auth=requires(SIGNED_IN, advice="GET the store: its status says whether it is connected."),
)  # fmt: skip
def connect(request: HttpRequest, slug: Slug, body: ConnectIn) -> Any:
    """Connect the store with a shop. A 422 says what is wrong with the shop or the keys."""
    store = read_store_for(request, slug, Role.ADMIN)
    try:
        return _connect(store, body, request.session)
    except ShopError as error:
        found = {"loc": ["body", error.field], "msg": str(error).removesuffix("."), "rule": error.rule}
        raise ValidationError([found]) from error


@router.get("/stores/{slug}/health", response={200: HealthOut, **ERRORS}, auth=requires(SIGNED_IN))
def get_health(request: HttpRequest, slug: Slug) -> Any:
    """How the connection of a store does."""
    return health.read_health(read_store_for(request, slug, Role.VIEWER))


@router.post(
    "/stores/{slug}/sync", response={202: SyncOut, **BODY_ERRORS},
    auth=requires(SIGNED_IN, advice="GET the health of the store: its runs have the reading."),
)  # fmt: skip
def start_sync(request: HttpRequest, slug: Slug, body: SyncIn) -> Any:
    """Read the orders of the shop now, as a job."""
    store = read_store_for(request, slug, Role.ADMIN)
    sync.require_connected(store)
    arguments = {"store": store.slug, "from": (body.from_ or FIRST_DAY).isoformat()}
    asker = username_of(request)
    job = operations.enqueue(f"{store.platform}-{body.kind}", arguments, created_by=asker, store_id=store.id)
    return Status(202, {"id": job.pk, "state": job.state, "href": f"/api/jobs/{job.pk}"})


def _connect(store: StoreFacts, body: ConnectIn, session: installing.Session) -> dict[str, Any]:
    if (body.shop is None) == (body.url is None):
        raise ValidationError([{"loc": ["body", "url"], "msg": "give url for WooCommerce, or shop for Shopify"}])
    if body.shop is not None:
        redirect = installing.begin(store, session, shop=body.shop, base_url=body.base_url or "")
        return {"redirect": redirect, "status": store.status}
    return _connect_woocommerce(store, body, body.url or "")


def _connect_woocommerce(store: StoreFacts, body: ConnectIn, url: str) -> dict[str, Any]:
    if body.consumer_key is None and body.consumer_secret is None:
        redirect = exchange.begin(store, url=url, return_path=f"/stores/connect/?store={store.slug}")
        return {"redirect": redirect, "status": store.status}
    if body.consumer_key is None or body.consumer_secret is None:
        missing = "consumer_key" if body.consumer_key is None else "consumer_secret"
        raise ValidationError([{"loc": ["body", missing], "msg": "give both keys, or neither"}])
    proving.connect(store, url=url, consumer_key=body.consumer_key, consumer_secret=body.consumer_secret)
    return {"redirect": None, "status": read_store_by_id(store.id).status}

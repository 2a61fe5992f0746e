"""What a connector offers of a shop, so that one code reads the shops of all platforms."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, Protocol

from django.utils.module_loading import import_string

from integrations.syncing.errors import NotConnected
from jobs.registry import register as register_job
from stores.queries import StoreFacts, read_store_by_id

if TYPE_CHECKING:
    # Every process registers connectors; stock and orders are for those that ask shops.
    from commerce.products import Article
    from commerce.stock import Level
    from orders.queries import KnownOrder
    from orders.snapshot import OrderSnapshot

Json = Mapping[str, Any]
# What a history has read so far, for the next attempt to go on from.
Progress = dict[str, Any]


@dataclass(frozen=True, kw_only=True, slots=True)
class Listed:
    """An order in a list of changed orders; `body` is as the shop sent it."""

    external_id: str
    changed_at: datetime
    body: Json = field(repr=False)


@dataclass(frozen=True, slots=True)
class Page:
    """Orders as they were when the shop was asked, or later."""

    orders: Sequence[Listed]
    asked_at: datetime


@dataclass(frozen=True, slots=True)
class Goods:
    """Stock of some articles, with the products that they are of."""

    levels: Sequence[Level]
    articles: Sequence[Article] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class Unreadable:
    """An order that cannot be read, and why."""

    external_id: str
    body: Json = field(repr=False)
    reason: str


@dataclass(kw_only=True)
class Found:
    """What a reading of a shop found. `added` orders were new or newer; `missed` of them came by no webhook.

    `is_complete` is false where the reading goes on in a later turn. `notice` is what a user should know. `pause_seconds`
    is how long a history waits for the shop before its next step.
    """

    seen: int = 0
    added: int = 0
    missed: int = 0
    gone: int = 0
    total: int | None = None
    is_complete: bool = True
    notice: str = ""
    pause_seconds: float = 0.0


class Shop(Protocol):
    """An open connection with the shop of a store. Every call raises a `ShopError`."""

    @property
    def store(self) -> StoreFacts: ...

    @property
    def connected_at(self) -> datetime:
        """When the store got its first connection."""

    @property
    def overlap(self) -> timedelta:
        """A poll begins so much before the newest change that is known, for changes that were committed late."""

    def changed_orders(self, since: datetime) -> Iterator[Page]:
        """Pages of the orders that changed since then, oldest change first; none that changes meanwhile is missed."""

    def read_orders(
        self, listed: Sequence[Listed], known: Mapping[str, KnownOrder]
    ) -> Iterator[OrderSnapshot | Unreadable]:
        """The listed orders with all their refunds; may leave out those whose present state is `known`."""

    def fetch_order(self, external_id: str) -> OrderSnapshot | None:
        """The order as it is now; None where the shop has none. Raises `NotAnOrder`."""

    def order_ids(self, after: datetime) -> Mapping[str, datetime]:
        """The ids of the orders that were placed after that, with their times."""

    def ensure_webhooks(self) -> tuple[list[dict[str, str]], int]:
        """The webhooks as they are now, `[{"topic", "state"}]`, and how many were made or switched on."""

    def remove_webhooks(self) -> int:
        """Delete the webhooks that lead to us; returns how many there were."""

    def read_goods(self) -> Iterator[Goods]:
        """The stock of all articles, in parts."""

    def read_history(self, since: datetime, found: Found, kept: Progress) -> Iterator[Progress]:
        """Record the orders that changed since then, unannounced, and add to `found`.

        Yields what the next attempt needs to go on from there: it is given as `kept`.
        """

    def stop_history(self, kept: Progress) -> None:
        """Have the shop stop what it does for a history that was cancelled."""


@dataclass(frozen=True, kw_only=True, slots=True)
class ConnectionFacts:
    """What the health of a connection says besides its readings."""

    scopes: tuple[str, ...]
    token_expires_at: datetime | None = None


@dataclass(frozen=True, kw_only=True)
class Connector:
    """The shops of one platform. Each function is given by its dotted path.

    `open(store_id)` returns a context manager of a `Shop`, and raises `NotConnected`. `keys(store_id)` returns what opens it
    when the secrets of the store are deleted, and raises `NotConnected`; `open_left(store, keys)` opens it so, to remove
    webhooks alone. `describe(store_id)` returns `ConnectionFacts`. `removal` says how a user removes webhooks that we could
    not.
    """

    name: str
    open: str
    keys: str
    open_left: str
    describe: str
    removal: str


_connectors: dict[str, Connector] = {}


def register(connector: Connector) -> None:
    """Register the connector, and its jobs."""
    _connectors[connector.name] = connector
    register_job(f"{connector.name}-history", "integrations.syncing.history.fetch_history")
    register_job(f"{connector.name}-poll", "integrations.syncing.history.poll_now", queue="quick")
    register_job(f"{connector.name}-ids", "integrations.syncing.idscheck.compare_ids")


def open_shop(store_id: int) -> AbstractContextManager[Shop]:
    """The shop of a store; raises `NotConnected`."""
    opened: AbstractContextManager[Shop] = import_string(_connector_of(read_store_by_id(store_id)).open)(store_id)
    return opened


def keys_of(store: StoreFacts) -> dict[str, str]:
    """What `open_left` opens the shop of a store with; raises `NotConnected`."""
    keys: dict[str, str] = import_string(_connector_of(store).keys)(store.id)
    return keys


def open_left(store: StoreFacts, keys: dict[str, str]) -> AbstractContextManager[Shop]:
    """The shop that the store has left, to remove webhooks alone; raises `NotConnected`."""
    opened: AbstractContextManager[Shop] = import_string(_connector_of(store).open_left)(store, keys)
    return opened


def removal_of(store: StoreFacts) -> str:
    """How a user removes the webhooks of a shop that did not let us do it; raises `NotConnected`."""
    return _connector_of(store).removal


def describe(store: StoreFacts) -> ConnectionFacts:
    """The facts of the connection of a store; raises `NotConnected`."""
    facts: ConnectionFacts = import_string(_connector_of(store).describe)(store.id)
    return facts


def _connector_of(store: StoreFacts) -> Connector:
    if store.platform not in _connectors:
        raise NotConnected(f"Store {store.slug} is not connected with a shop.")
    return _connectors[store.platform]

"""A shop that runs on WooCommerce, as `integrations.syncing` reads it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager
from datetime import datetime, timedelta

from integrations.syncing.history import read_changed
from integrations.syncing.shop import ConnectionFacts, Found, Goods, Listed, Page, Progress, Unreadable
from integrations.woocommerce import connections, ids, paging, stock, subscriptions
from integrations.woocommerce.client import ShopClient
from integrations.woocommerce.connections import ShopConnection
from integrations.woocommerce.fetching import complete, fetch_order
from integrations.woocommerce.mapping import snapshot_of
from integrations.woocommerce.values import Json
from orders.queries import KnownOrder
from orders.reading import NotAnOrder
from orders.snapshot import OrderSnapshot
from stores.queries import StoreFacts


def open_shop(store_id: int) -> AbstractContextManager[WooShop]:
    """The shop of the store; raises `NotConnected`."""
    return _opened(connections.read_connection(store_id))


def keys_of(store_id: int) -> dict[str, str]:
    """See `integrations.syncing.shop.Connector`."""
    connection = connections.read_connection(store_id)
    names = ("url", "consumer_key", "consumer_secret", "intake_key")
    return {name: getattr(connection, name) for name in names}


def open_left(store: StoreFacts, keys: dict[str, str]) -> AbstractContextManager[WooShop]:
    """See `integrations.syncing.shop.Connector`."""
    return _opened(ShopConnection(store=store, webhook_secrets=(), **keys))


@contextmanager
def _opened(connection: ShopConnection) -> Iterator[WooShop]:
    with ShopClient(connection) as client:
        yield WooShop(connection, client)


def describe(store_id: int) -> ConnectionFacts:
    """Keys are made with the right to read and write, and do not expire."""
    return ConnectionFacts(scopes=("read_write",))


class WooShop:
    """See `integrations.syncing.shop.Shop`."""

    overlap = timedelta(seconds=120)

    def __init__(self, connection: ShopConnection, client: ShopClient) -> None:
        self.connection = connection
        self.client = client

    @property
    def store(self) -> StoreFacts:
        return self.connection.store

    @property
    def connected_at(self) -> datetime:
        return connections.read_connected_at(self.store.id)

    def changed_orders(self, since: datetime) -> Iterator[Page]:
        for page in paging.changed_orders(self.client, since):
            listed = [
                Listed(external_id=str(order["id"]), changed_at=paging.modified_at(order), body=order)
                for order in page.orders
            ]
            yield Page(listed, page.asked_at)

    def read_orders(
        self, listed: Sequence[Listed], known: Mapping[str, KnownOrder]
    ) -> Iterator[OrderSnapshot | Unreadable]:
        for each in listed:
            if not _is_known(each.body, known.get(each.external_id)):
                yield self._read(each)

    def fetch_order(self, external_id: str) -> OrderSnapshot | None:
        return fetch_order(self.client, external_id)

    def order_ids(self, after: datetime) -> Mapping[str, datetime]:
        return ids.read_ids(self.client, after)

    def ensure_webhooks(self) -> tuple[list[dict[str, str]], int]:
        return subscriptions.ensure_webhooks(self.connection, self.client)

    def remove_webhooks(self) -> int:
        return subscriptions.remove_webhooks(self.connection, self.client)

    def read_goods(self) -> Iterator[Goods]:
        return stock.read_goods(self.client)

    def read_history(self, since: datetime, found: Found, kept: Progress) -> Iterator[Progress]:
        return read_changed(self, since, found, kept)

    def stop_history(self, kept: Progress) -> None:
        """Nothing runs in the shop."""

    def _read(self, listed: Listed) -> OrderSnapshot | Unreadable:
        try:
            return complete(self.client, listed.body)
        except NotAnOrder as error:
            return Unreadable(external_id=listed.external_id, body=listed.body, reason=str(error))


def _is_known(order: Json, known: KnownOrder | None) -> bool:
    """Whether this state of an order with refunds is known, so that its refunds need not be asked for.

    The time of its change alone does not show that: several changes may have the same second.
    """
    if known is None or not order.get("refunds"):
        return False
    try:
        return known.equals_but_for_lines(snapshot_of(order, is_complete=True))
    except NotAnOrder:
        return False

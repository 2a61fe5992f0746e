"""A shop of Shopify, as `integrations.syncing` reads it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager
from datetime import datetime, timedelta

from integrations.shopify import connections, fetching, history, stock, subscriptions, tokens
from integrations.shopify.client import GraphClient
from integrations.shopify.connections import ShopConnection
from integrations.shopify.tokens import Held
from integrations.syncing.shop import Found, Goods, Listed, Page, Progress, Unreadable
from orders.queries import KnownOrder
from orders.reading import NotAnOrder
from orders.snapshot import OrderSnapshot
from runtime.clock import read_clock
from stores.queries import StoreFacts


def open_shop(store_id: int) -> AbstractContextManager[ShopifyShop]:
    """The shop of the store; raises `NotConnected`, and within `KeysRefused` where its tokens are of no use."""
    return _opened(connections.read_connection(store_id), tokens.read_held(store_id))


def keys_of(store_id: int) -> dict[str, str]:
    """See `integrations.syncing.shop.Connector`."""
    connection = connections.read_connection(store_id)
    return {"shop": connection.shop, "url": connection.url, "access": tokens.read_held(store_id).access}


def open_left(store: StoreFacts, keys: dict[str, str]) -> AbstractContextManager[ShopifyShop]:
    """See `integrations.syncing.shop.Connector`."""
    now = read_clock()
    connection = ShopConnection(
        store=store, shop=keys["shop"], url=keys["url"], scopes=(), connected_at=now, granted_at=now
    )
    return _opened(connection, Held(store_id=store.id, access=keys["access"], is_valid=True))


@contextmanager
def _opened(connection: ShopConnection, held: Held) -> Iterator[ShopifyShop]:
    with GraphClient(connection, held) as client:
        yield ShopifyShop(connection, client)


class ShopifyShop:
    """See `integrations.syncing.shop.Shop`."""

    overlap = timedelta(minutes=10)

    def __init__(self, connection: ShopConnection, client: GraphClient) -> None:
        self.connection = connection
        self.client = client

    @property
    def store(self) -> StoreFacts:
        return self.connection.store

    @property
    def connected_at(self) -> datetime:
        return self.connection.connected_at

    def changed_orders(self, since: datetime) -> Iterator[Page]:
        return fetching.changed_orders(self.client, since)

    def read_orders(
        self, listed: Sequence[Listed], known: Mapping[str, KnownOrder]
    ) -> Iterator[OrderSnapshot | Unreadable]:
        for each in listed:
            if not fetching.is_known(each, known.get(each.external_id)) and (found := self._read(each)) is not None:
                yield found

    def fetch_order(self, external_id: str) -> OrderSnapshot | None:
        return fetching.fetch_order(self.client, external_id, with_customer=self.connection.sees_customers)

    def order_ids(self, after: datetime) -> Mapping[str, datetime]:
        return fetching.read_ids(self.client, after)

    def ensure_webhooks(self) -> tuple[list[dict[str, str]], int]:
        return subscriptions.ensure_webhooks(self.client)

    def remove_webhooks(self) -> int:
        return subscriptions.remove_webhooks(self.client)

    def read_goods(self) -> Iterator[Goods]:
        return stock.read_goods(self.client, self.store)

    def read_history(self, since: datetime, found: Found, kept: Progress) -> Iterator[Progress]:
        return history.read_history(self, self.connection, self.client, since, found, kept)

    def stop_history(self, kept: Progress) -> None:
        history.stop(self.client, kept)

    def _read(self, listed: Listed) -> OrderSnapshot | Unreadable | None:
        """The order with all its lines and refunds; None where it was deleted meanwhile."""
        try:
            return self.fetch_order(listed.external_id)
        except NotAnOrder as error:
            return Unreadable(external_id=listed.external_id, body=listed.body, reason=str(error))

"""A shop of Shopify, as `integrations.syncing` reads it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime, timedelta

from commerce.stock import Level
from integrations.shopify import connections, fetching, stock, subscriptions
from integrations.shopify.client import GraphClient
from integrations.shopify.connections import ShopConnection
from integrations.syncing.history import read_changed
from integrations.syncing.shop import Found, Listed, Progress, Unreadable
from orders.queries import KnownOrder
from orders.reading import NotAnOrder
from orders.snapshot import OrderSnapshot
from stores.queries import StoreFacts


@contextmanager
def open_shop(store_id: int) -> Iterator[ShopifyShop]:
    """The shop of the store; raises `NotConnected`, and `KeysRefused` where its tokens are of no use."""
    connection = connections.read_connection(store_id)
    with GraphClient(connection) as client:
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

    def changed_orders(self, since: datetime) -> Iterator[Sequence[Listed]]:
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

    def stock_levels(self) -> Iterator[Sequence[Level]]:
        return stock.read_levels(self.client, self.store)

    def read_history(self, since: datetime, found: Found, kept: Progress) -> Iterator[Progress]:
        return read_changed(self, since, found, kept)

    def _read(self, listed: Listed) -> OrderSnapshot | Unreadable | None:
        """The order with all its lines and refunds; None where it was deleted meanwhile."""
        try:
            return self.fetch_order(listed.external_id)
        except NotAnOrder as error:
            return Unreadable(external_id=listed.external_id, body=listed.body, reason=str(error))

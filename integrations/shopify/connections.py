"""The connection of a store with its Shopify shop: which shop it is, what the app may do, and the tokens.

Other modules get the frozen `ShopConnection`; the tokens are read by `integrations.shopify.tokens` alone.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from integrations.shopify import NAME, app, tokens
from integrations.shopify.models import Connection
from integrations.shopify.tokens import Granted
from integrations.syncing import sync
from integrations.syncing.errors import NotConnected
from integrations.syncing.shop import ConnectionFacts
from integrations.webhooks.types import Destination
from runtime.clock import ClockTimestamp
from stores import connecting
from stores.queries import StoreFacts, read_store_by_id
from stores.rows import rows_of, rows_of_all_stores
from stores.states import WrongState

# A store in one of these states keeps its shop.
HOLDING = ("active", "paused", "connecting")


@dataclass(frozen=True, kw_only=True)
class ShopConnection:
    """What is needed to ask a shop. `url` has no slash at its end."""

    store: StoreFacts
    shop: str
    url: str
    scopes: tuple[str, ...]
    connected_at: datetime
    granted_at: datetime

    @property
    def sees_customers(self) -> bool:
        """Whether the app may read who the customer of an order is."""
        return app.CUSTOMERS in self.scopes

    @property
    def sees_all_orders(self) -> bool:
        """Whether the app may read orders of more than `app.RECENT_DAYS` days ago."""
        return app.ALL_ORDERS in self.scopes


def read_connection(store_id: int) -> ShopConnection:
    """The connection of a store; raises `NotConnected`."""
    row = rows_of(Connection, store_id).first()
    if row is None:
        raise NotConnected(f"Store {store_id} is not connected with a Shopify shop.")
    return ShopConnection(
        store=read_store_by_id(store_id), shop=row.shop, url=app.base_url(row.shop, row.base_url), scopes=tuple(row.scopes),
        connected_at=row.connected_at, granted_at=row.granted_at,
    )  # fmt: skip


def describe(store_id: int) -> ConnectionFacts:
    """What the health says of the connection; raises `NotConnected`."""
    row = rows_of(Connection, store_id).first()
    if row is None:
        raise NotConnected(f"Store {store_id} is not connected with a Shopify shop.")
    return ConnectionFacts(scopes=tuple(row.scopes), token_expires_at=row.access_expires_at)


def find_destination(shop: str) -> Destination | None:
    """The store that has this shop; None where none has. The webhooks of all shops are signed by the app."""
    row = rows_of_all_stores(Connection).filter(shop=shop, store__status__in=HOLDING).first() if shop else None
    return Destination(store_id=row.store_id, secrets=()) if row else None


@transaction.atomic
def save_connection(store_id: int, *, shop: str, base_url: str = "", granted: Granted) -> None:
    """Connect a store, or give its connection new tokens.

    Raises `stores.states.WrongState` where the store cannot have the shop, or another one has it.
    """
    connecting.connect(store_id, platform=NAME, domain=shop)
    _release(shop, but=store_id)
    rows_of(Connection, store_id).update_or_create(
        store_id=store_id,
        defaults={
            "shop": shop,
            "base_url": base_url,
            "scopes": list(granted.scopes),
            "granted_at": ClockTimestamp(),
        },
    )
    tokens.save(store_id, granted)
    sync.begin(store_id)


def _release(shop: str, *, but: int) -> None:
    """Take the shop from a store that no longer uses it; raises `WrongState` where another store does."""
    for row in rows_of_all_stores(Connection).select_for_update(no_key=True).filter(shop=shop).exclude(store_id=but):
        if read_store_by_id(row.store_id).status in HOLDING:
            raise WrongState(f"The shop {shop} is connected with another store: disconnect it there first.")
        row.delete()

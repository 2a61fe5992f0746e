"""The connection of a store with its WooCommerce shop: the only place that reads and writes its secrets.

The keys of the shop and the secrets of its webhooks are in `stores.credentials`, encrypted for their row. Other modules
get the frozen `ShopConnection`.
"""

from __future__ import annotations

import secrets
import string
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from urllib.parse import urlsplit

from django.db import transaction

from integrations.syncing import sync
from integrations.syncing.errors import NotConnected
from integrations.webhooks.types import Destination
from integrations.woocommerce import NAME
from integrations.woocommerce.models import Connection
from stores import connecting, credentials
from stores.queries import StoreFacts, UnknownStore, facts_of, read_store_by_id
from stores.rows import rows_of

# WooCommerce decodes HTML in the secret, so only letters and digits.
_ALPHABET = string.ascii_letters + string.digits
# The names of the secrets of a store.
CONSUMER_KEY, CONSUMER_SECRET = "consumer-key", "consumer-secret"
WEBHOOK_SECRET, PREVIOUS_WEBHOOK_SECRET = "webhook-secret", "previous-webhook-secret"


@dataclass(frozen=True, kw_only=True)
class ShopConnection:
    """What is needed to ask a shop, and to check what it sends. `url` has no slash at its end."""

    store: StoreFacts
    url: str
    consumer_key: str = field(repr=False)
    consumer_secret: str = field(repr=False)
    intake_key: str = field(repr=False)
    webhook_secrets: tuple[str, ...] = field(repr=False)

    @property
    def is_encrypted(self) -> bool:
        return self.url.startswith("https://")


def read_connected_store(store_id: int) -> StoreFacts:
    """The store, without the secrets of its connection; raises `NotConnected`."""
    found = rows_of(Connection, store_id).select_related("store").first()
    if found is None:
        raise _not_connected(store_id)
    return facts_of(found.store)


def read_url(store_id: int) -> str:
    """The address of the shop of a store; empty without a shop."""
    return rows_of(Connection, store_id).values_list("url", flat=True).first() or ""


def read_connected_at(store_id: int) -> datetime:
    """When the store got its first connection; raises `NotConnected`."""
    found: datetime | None = rows_of(Connection, store_id).values_list("connected_at", flat=True).first()
    if found is None:
        raise _not_connected(store_id)
    return found


def read_connection(store_id: int) -> ShopConnection:
    """The connection of a store; raises `NotConnected`."""
    url, held = read_url(store_id), credentials.read_credentials(store_id)
    if not url or CONSUMER_KEY not in held:
        raise _not_connected(store_id)
    store = read_store_by_id(store_id)
    return ShopConnection(
        store=store, url=url, consumer_key=held[CONSUMER_KEY], consumer_secret=held[CONSUMER_SECRET],
        intake_key=store.intake_key, webhook_secrets=_webhook_secrets(held),
    )  # fmt: skip


def find_destination(address: str) -> Destination | None:
    """The destination of webhooks that come to `/in/woocommerce/<address>`; None for a store without secrets."""
    try:
        store = connecting.find_by_intake_key(NAME, address.rstrip("/"))
    except UnknownStore:
        return None
    found = _webhook_secrets(credentials.read_credentials(store.id))
    return Destination(store_id=store.id, secrets=found) if found else None


@transaction.atomic
def save_connection(store_id: int, *, url: str, consumer_key: str, consumer_secret: str, currency: str = "") -> None:
    """Connect a store, or give its connection new keys. The address and the secret of its webhooks stay.

    A store that had no shop before gets the `currency` of the shop.

    Raises `stores.states.WrongState` where the store cannot have a WooCommerce shop.
    """
    address = url.rstrip("/")
    connecting.connect(store_id, platform=NAME, domain=urlsplit(address).netloc, currency=currency)
    rows_of(Connection, store_id).update_or_create(store_id=store_id, defaults={"url": address})
    credentials.write_credential(store_id, CONSUMER_KEY, consumer_key)
    credentials.write_credential(store_id, CONSUMER_SECRET, consumer_secret)
    if WEBHOOK_SECRET not in credentials.read_credentials(store_id):
        credentials.write_credential(store_id, WEBHOOK_SECRET, new_secret())
    sync.begin(store_id)


@transaction.atomic
def rotate_secret(store_id: int) -> None:
    """Give the webhooks of a store a new secret. The old one is accepted until the next rotation."""
    rows_of(Connection, store_id).select_for_update(no_key=True).get()
    present = credentials.read_credentials(store_id)[WEBHOOK_SECRET]
    credentials.write_credential(store_id, PREVIOUS_WEBHOOK_SECRET, present)
    credentials.write_credential(store_id, WEBHOOK_SECRET, new_secret())


def new_secret() -> str:
    return "".join(secrets.choice(_ALPHABET) for _ in range(32))


def _webhook_secrets(held: Mapping[str, str]) -> tuple[str, ...]:
    return tuple(held[name] for name in (WEBHOOK_SECRET, PREVIOUS_WEBHOOK_SECRET) if name in held)


def _not_connected(store_id: int) -> NotConnected:
    return NotConnected(f"Store {store_id} is not connected with a WooCommerce shop.")

"""The connection of a store with its WooCommerce shop: the only place that reads and writes credentials.

Other modules get the frozen `ShopConnection`, so that another table can hold the credentials without a change to them.
"""

from __future__ import annotations

import secrets
import string
from dataclasses import dataclass, field

from django.db import transaction

from integrations.webhooks.types import Destination
from integrations.woocommerce.models import Connection, SyncState
from runtime.clock import read_clock
from stores.queries import StoreFacts, read_stores

# WooCommerce decodes HTML in the secret, so only letters and digits.
_ALPHABET = string.ascii_letters + string.digits


class NotConnected(LookupError):
    """The store has no connection with a WooCommerce shop."""


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


def read_connection(store_id: int) -> ShopConnection:
    """The connection of a store; raises `NotConnected`."""
    row = Connection.objects.filter(store_id=store_id).first()
    if row is None:
        raise NotConnected(f"Store {store_id} is not connected with a WooCommerce shop.")
    [store] = [each for each in read_stores() if each.id == store_id]
    return ShopConnection(
        store=store, url=row.url, consumer_key=row.consumer_key, consumer_secret=row.consumer_secret,
        intake_key=row.intake_key, webhook_secrets=_secrets(row),
    )  # fmt: skip


def find_destination(address: str) -> Destination | None:
    """The destination of webhooks that come to `/in/woocommerce/<address>`."""
    row = Connection.objects.filter(intake_key=address.rstrip("/")).first()
    return Destination(store_id=row.store_id, secrets=_secrets(row)) if row else None


@transaction.atomic
def save_connection(store_id: int, *, url: str, consumer_key: str, consumer_secret: str) -> None:
    """Connect a store, or give its connection new keys. The address and the secret of its webhooks stay."""
    now = read_clock()
    fresh = {"intake_key": secrets.token_urlsafe(24), "webhook_secret": new_secret()}
    given = {"url": url.rstrip("/"), "consumer_key": consumer_key, "consumer_secret": consumer_secret}
    Connection.objects.update_or_create(store_id=store_id, defaults=given, create_defaults=given | fresh)
    SyncState.objects.update_or_create(
        store_id=store_id,
        defaults={"status": "active", "error": "", "failures": 0, "next_poll_at": now, "next_check_at": now},
        create_defaults={"cursor": now, "next_ids_at": now},
    )


@transaction.atomic
def rotate_secret(store_id: int) -> None:
    """Give the webhooks of a store a new secret. The old one is accepted until the next rotation."""
    row = Connection.objects.select_for_update(no_key=True).get(store_id=store_id)
    row.previous_webhook_secret, row.webhook_secret = row.webhook_secret, new_secret()
    row.save(update_fields=["previous_webhook_secret", "webhook_secret"])


def new_secret() -> str:
    return "".join(secrets.choice(_ALPHABET) for _ in range(32))


def _secrets(row: Connection) -> tuple[str, ...]:
    return tuple(filter(None, (row.webhook_secret, row.previous_webhook_secret)))

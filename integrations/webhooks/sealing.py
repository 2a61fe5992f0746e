"""Encrypts the bodies of webhooks, which name buyers. A body opens only as that of its store and its digest."""

from __future__ import annotations

from dataclasses import replace

from django.db import transaction

from integrations.webhooks.models import Delivery
from integrations.webhooks.types import Received
from stores import keys
from stores.encryption import Keyring, Place
from stores.rows import rows_of_all_stores

COLUMN = "webhooks_delivery.body"
BATCH_ROWS = 100


def seal(body: bytes, *, store_id: int | None, digest: bytes, keyring: Keyring | None = None) -> bytes:
    """The body as it is stored. `keyring` saves many calls from reading the keys."""
    return (keyring or keys.read_keyring()).encrypt(body, _place(store_id, digest))


def open_sealed(sealed: bytes, *, store_id: int | None, digest: bytes) -> bytes:
    """The body as it came; raises `stores.encryption.Undecipherable`."""
    return keys.read_keyring().decrypt(sealed, _place(store_id, digest))


def open_received(received: Received) -> Received:
    """The webhook with its body as it came; raises `stores.encryption.Undecipherable`."""
    return replace(received, body=open_sealed(received.body, store_id=received.store_id, digest=received.digest))


def rotate_bodies(keyring: Keyring, after: int) -> tuple[int, int] | None:
    """Encrypt some bodies again: see `stores.rotation`."""
    with transaction.atomic():
        rows = rows_of_all_stores(Delivery).select_for_update(no_key=True).filter(pk__gt=after).order_by("pk")
        found = list(rows.only("store_id", "digest", "body")[:BATCH_ROWS])
        old = [row for row in found if not keyring.is_current(bytes(row.body))]
        for row in old:
            place = _place(row.store_id, bytes(row.digest))
            row.body = keyring.encrypt(keyring.decrypt(bytes(row.body), place), place)
        rows_of_all_stores(Delivery).bulk_update(old, ["body"])
    return (found[-1].pk, len(old)) if found else None


def _place(store_id: int | None, digest: bytes) -> Place:
    return Place(table="webhooks_delivery", column="body", row=f"{store_id or 0}:{digest.hex()}")

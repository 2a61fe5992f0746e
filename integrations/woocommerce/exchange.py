"""The key exchange of WooCommerce: the owner approves in the shop, and the shop posts keys to us, unsigned.

The nonce is the only proof of what the keys are for. It is valid once, and the keys are proved before they are kept.
"""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Mapping
from datetime import timedelta
from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from django.db import transaction

from integrations.woocommerce import NAME, connections, proving
from integrations.woocommerce.models import ConnectAttempt
from runtime.clock import ClockTimestamp, read_clock
from stores import connecting
from stores.queries import StoreFacts, read_store_by_id

VALID_FOR = timedelta(minutes=10)
CALLBACK = "/in/woocommerce/auth/"


class UnknownAttempt(LookupError):
    """No key exchange waits for this nonce: it was never begun, is over, or has its keys."""


def begin(store: StoreFacts, *, url: str, return_path: str) -> str:
    """The address at which the owner of the shop approves. Raises `AddressRefused`, and `WrongState` for a store
    that cannot have a shop.
    """
    connecting.check_connectable(store, NAME)
    address, nonce = proving.check_url(url), secrets.token_urlsafe(32)
    ConnectAttempt.objects.filter(expires_at__lt=ClockTimestamp() - timedelta(days=1)).delete()
    ConnectAttempt.objects.create(
        nonce_hash=_hash(nonce), store_id=store.id, url=address, expires_at=read_clock() + VALID_FOR
    )
    query = {
        "app_name": "invoicedash", "scope": "read_write", "user_id": nonce,
        "return_url": settings.PUBLIC_URL + return_path, "callback_url": settings.PUBLIC_URL + CALLBACK,
    }  # fmt: skip
    return f"{address}/wc-auth/v1/authorize?{urlencode(query)}"


def finish(posted: Mapping[str, Any]) -> None:
    """Keep the keys that the shop posted, once they are proved. Raises `UnknownAttempt`, `ShopError` and `WrongState`."""
    nonce_hash = _hash(str(posted.get("user_id", "")))
    attempt = _open(nonce_hash).first()
    if attempt is None:
        raise UnknownAttempt("No key exchange waits for these keys: begin again.")
    # The shop is not a member of the account, so the scope of this request contains no store.
    store = read_store_by_id(attempt.store_id)
    keys = {name: str(posted.get(name, "")).strip() for name in ("consumer_key", "consumer_secret")}
    currency = proving.prove_keys(store, url=attempt.url, **keys)
    # After the request to the shop, so that no transaction waits for it.
    with transaction.atomic():
        if not _open(nonce_hash).update(used_at=ClockTimestamp()):
            raise UnknownAttempt("The keys of this exchange are there already.")
        connections.save_connection(store.id, url=attempt.url, currency=currency, **keys)


def _open(nonce_hash: str) -> Any:
    return ConnectAttempt.objects.filter(nonce_hash=nonce_hash, used_at__isnull=True, expires_at__gt=ClockTimestamp())


def _hash(nonce: str) -> str:
    return hashlib.sha256(nonce.encode()).hexdigest()

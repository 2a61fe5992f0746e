"""The tokens of a shop: access tokens that expire after an hour, and refresh tokens that are replaced at each use.

A refresh holds the lock of the connection, so that of many callers one asks the shop, and the others get its tokens.
Shopify accepts the refresh token before the newest one until the newest was used: an answer that was lost costs nothing.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from django.db import connection, transaction

from integrations.shopify import app
from integrations.shopify.models import Connection
from integrations.syncing.errors import KeysRefused, NotConnected, ShopBusy, ShopError
from runtime.clock import read_clock
from stores import credentials
from stores.rows import rows_of

PATH = "/admin/oauth/access_token"
# A token is replaced so long before it expires.
EARLY = timedelta(minutes=5)
ACCESS, REFRESH, PREVIOUS = "access-token", "refresh-token", "previous-refresh-token"
AGENT = "invoicedash (+webhooks and GraphQL Admin API)"
# The limits of serving processes are shorter than the shop may take. Only callers that need the same token wait.
_WAIT = """
SET LOCAL lock_timeout = '30s';
SET LOCAL statement_timeout = '30s';
SET LOCAL idle_in_transaction_session_timeout = '60s'
"""


class Refused(ShopError):
    """The shop does not accept a code or a refresh token."""


@dataclass(frozen=True, kw_only=True)
class Granted:
    """What the shop has granted. Without `expires_in`, the access token does not expire."""

    access: str = field(repr=False)
    refresh: str = field(repr=False)
    expires_in: float | None
    scopes: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class Held:
    """The access token of a store, and whether it is valid for some minutes."""

    store_id: int
    access: str = field(repr=False)
    is_valid: bool


def read_token(store_id: int) -> str:
    """An access token that is valid for some minutes; raises `NotConnected`, `KeysRefused` and `ShopBusy`."""
    return valid_token(read_held(store_id))


def valid_token(held: Held) -> str:
    """The token, or one that replaces it; raises `NotConnected`, `KeysRefused` and `ShopBusy`."""
    return held.access if held.is_valid else refresh(held.store_id, stale=held.access)


def read_held(store_id: int) -> Held:
    """The access token of the store; raises `NotConnected`."""
    held, row = credentials.read_credentials(store_id), rows_of(Connection, store_id).first()
    if row is None or ACCESS not in held:
        raise NotConnected(f"Store {store_id} is not connected with a Shopify shop.")
    is_valid = row.access_expires_at is None or row.access_expires_at > read_clock() + EARLY
    return Held(store_id=store_id, access=held[ACCESS], is_valid=is_valid)


@transaction.atomic
def refresh(store_id: int, *, stale: str) -> str:
    """A newer access token than `stale`, which the shop is asked for once however many callers need it."""
    with connection.cursor() as cursor:
        cursor.execute(_WAIT)
    row = rows_of(Connection, store_id).select_for_update(no_key=True).first()
    held = credentials.read_credentials(store_id)
    if row is None or ACCESS not in held:
        raise NotConnected(f"Store {store_id} is not connected with a Shopify shop.")
    if held[ACCESS] != stale:
        return held[ACCESS]
    if REFRESH not in held:
        raise KeysRefused("The shop does not accept the access token any more: connect the store again.")
    granted = _refresh(app.base_url(row.shop, row.base_url), held)
    save(store_id, granted, previous=held[REFRESH])
    return granted.access


def save(store_id: int, granted: Granted, *, previous: str = "") -> None:
    """Store the tokens; the refresh token that led to them is kept until the new one has."""
    named = {ACCESS: granted.access, REFRESH: granted.refresh, PREVIOUS: previous}
    for name, secret in named.items():
        if secret:
            credentials.write_credential(store_id, name, secret)
    expires_at = read_clock() + timedelta(seconds=granted.expires_in) if granted.expires_in is not None else None
    rows_of(Connection, store_id).update(access_expires_at=expires_at)


def exchange_code(url: str, code: str) -> Granted:
    """The tokens for the code of a redirect; raises `Refused` and `ShopBusy`."""
    return _ask(url, {"code": code, "expiring": "1"})


def _refresh(url: str, held: Mapping[str, str]) -> Granted:
    for name in (REFRESH, PREVIOUS):
        try:
            if name in held:
                return _ask(url, {"grant_type": "refresh_token", "refresh_token": held[name]})
        except Refused:
            continue
    raise KeysRefused("The shop does not accept the tokens of the app any more: connect the store again.")


def _ask(url: str, body: Mapping[str, str]) -> Granted:
    # Every process that takes webhooks reads connections. What asks a shop takes 2 MB.
    from integrations.syncing.asking import Asker

    asker = Asker(url, agent=AGENT)
    try:
        known = {"client_id": app.client_id(), "client_secret": app.secrets()[0]}
        answer = asker.ask("POST", f"{url}{PATH}", json={**known, **body})
    finally:
        asker.close()
    if answer.status in (400, 401, 403):
        raise Refused(f"Shopify refuses it: {_why(answer.content)}")
    if answer.status != 200:
        raise ShopBusy(
            f"The shop answered {answer.status} to a request for tokens.", retry_seconds=answer.retry_seconds
        )
    return _read(answer.content)


def _read(content: bytes) -> Granted:
    try:
        found: dict[str, Any] = json.loads(content)
        expires_in = found.get("expires_in")
        return Granted(
            access=str(found["access_token"]), refresh=str(found.get("refresh_token") or ""),
            expires_in=None if expires_in is None else float(expires_in),
            scopes=tuple(filter(None, (part.strip() for part in str(found.get("scope") or "").split(",")))),
        )  # fmt: skip
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise ShopBusy("The shop sent no tokens.") from error


def _why(content: bytes) -> str:
    try:
        found = json.loads(content)
        return str(found.get("error_description") or found.get("error") or "without a reason.")[:200]
    except (ValueError, AttributeError):
        return "without a reason."

"""The installation of the app in a shop: the owner approves in Shopify, which leads the browser back with a code.

The state of the redirect is valid for ten minutes, once, and only in the session that began the installation. The shop, its
signature and its time are checked before the code is exchanged for tokens.
"""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import MutableMapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from urllib.parse import urlencode, urlsplit

from django.conf import settings

from integrations.shopify import NAME, app, connections, tokens
from integrations.shopify.models import ConnectAttempt
from integrations.shopify.signing import Pairs, is_query_signed, is_recent, missing_scopes, normalize_shop
from integrations.syncing.errors import AddressRefused, ShopError
from runtime.clock import ClockTimestamp, read_clock
from runtime.environment import is_loopback
from stores import connecting
from stores.queries import StoreFacts, read_store_by_id

VALID_FOR = timedelta(minutes=10)
# The key of the session that holds what binds its installations to it.
SESSION_KEY = "shopify_installation"
Session = MutableMapping[str, Any]


class BadRedirect(ShopError):
    """The redirect is not one that Shopify made for this session just now."""


class ScopesMissing(ShopError):
    """The owner did not grant all that the app needs."""


class ShopRefused(AddressRefused):
    """The text names no shop of Shopify."""

    field = "shop"


class BaseRefused(AddressRefused):
    """A simulated shop is on this machine alone."""

    field = "base_url"


@dataclass(frozen=True, kw_only=True)
class Back:
    """The query of a redirect from Shopify."""

    pairs: Pairs

    def value(self, name: str) -> str:
        """The value of a name; empty where it is missing or there are several."""
        values = [value for key, value in self.pairs if key == name]
        return values[0] if len(values) == 1 else ""


def begin(store: StoreFacts, session: Session, *, shop: str, base_url: str = "") -> str:
    """The address at which the owner approves. Raises a `ShopError`, and `WrongState` for a store that cannot have a shop."""
    connecting.check_connectable(store, NAME)
    client_id, domain, address = app.client_id(), normalize_shop(shop), _check_base(base_url)
    if not domain:
        raise ShopRefused(f"{shop[:100]!r} is not a shop of Shopify: use its domain, such as example.myshopify.com.")
    state = secrets.token_urlsafe(32)
    ConnectAttempt.objects.filter(expires_at__lt=ClockTimestamp() - timedelta(days=1)).delete()
    ConnectAttempt.objects.create(
        state_hash=_hash(state), session_hash=_hash(_bind(session)), store_id=store.id, shop=domain, base_url=address,
        expires_at=read_clock() + VALID_FOR,
    )  # fmt: skip
    query = {
        "client_id": client_id, "scope": ",".join(settings.SHOPIFY_SCOPES), "redirect_uri": app.redirect_uri(), "state": state,
    }  # fmt: skip
    return f"{app.base_url(domain, address)}/admin/oauth/authorize?{urlencode(query)}"


def finish(back: Back, session: Session) -> StoreFacts:
    """Connect the store with the shop that the redirect comes from.

    Raises `BadRedirect`, `ScopesMissing` or another `ShopError`, and `WrongState`.
    """
    attempt = _claim(back, session)
    granted = tokens.exchange_code(app.base_url(attempt.shop, attempt.base_url), back.value("code"))
    if missing := missing_scopes(settings.SHOPIFY_SCOPES, granted.scopes):
        raise ScopesMissing(f"Shopify did not grant {', '.join(missing)}: approve the app with all it asks for.")
    connections.save_connection(attempt.store_id, shop=attempt.shop, base_url=attempt.base_url, granted=granted)
    return read_store_by_id(attempt.store_id)


def _claim(back: Back, session: Session) -> ConnectAttempt:
    """The attempt that the redirect ends; raises `BadRedirect` unless all of it is right."""
    if not is_query_signed(back.pairs, app.secrets()):
        raise BadRedirect("The redirect is not signed by Shopify: begin again.")
    if not is_recent(back.value("timestamp"), read_clock()):
        raise BadRedirect("The redirect is too old: begin again.")
    rows = ConnectAttempt.objects.filter(
        state_hash=_hash(back.value("state")), session_hash=_hash(str(session.get(SESSION_KEY, ""))),
        shop=back.value("shop"), used_at__isnull=True, expires_at__gt=ClockTimestamp(),
    )  # fmt: skip
    # Of several requests with one state, the first one has it.
    if not rows.update(used_at=ClockTimestamp()):
        raise BadRedirect(
            "This installation was not begun here, has ended, or took more than ten minutes: begin again."
        )
    return ConnectAttempt.objects.get(state_hash=_hash(back.value("state")))


def _check_base(url: str) -> str:
    """The own address of a simulated shop, without a slash at its end; empty for a real one."""
    if not url:
        return ""
    if not _is_here(url) or not settings.INTAKE_ALLOW_PRIVATE or len(url) > 200:
        raise BaseRefused(
            "A base address is for simulated shops on this machine, with INTAKE_ALLOW_PRIVATE=1: leave it out for a real shop."
        )
    return url.rstrip("/")


def _is_here(url: str) -> bool:
    """Whether this is an address of this machine."""
    try:
        parts = urlsplit(url)
        is_address = parts.scheme in ("http", "https") and parts.port != 0 and not parts.query and not parts.fragment
    except ValueError:
        return False
    return is_address and is_loopback(parts.hostname or "")


def _bind(session: Session) -> str:
    """What only this session knows; made at the first installation that it begins."""
    if SESSION_KEY not in session:
        session[SESSION_KEY] = secrets.token_urlsafe(32)
    return str(session[SESSION_KEY])


def _hash(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()

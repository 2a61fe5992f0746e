"""The health of a store in words: what it does now, what is wrong, and what to do. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from integrations.syncing.summaries import ConnectionSummary
from stores.health import Health

# What the page of the connection is needed for.
Act = Literal["finish", "reconnect"]
_STOPPED = {"paused": "paused: new orders wait in the shop", "disconnected": "disconnected: takes no orders"}
_KEYS_REFUSED = "the shop does not accept the keys any more", "make new ones and connect again"
_ACCESS_REFUSED = "Shopify does not accept the access of the app any more", "connect again and approve the app"
_APP_REMOVED = "the app was removed in the shop: takes no orders", "connect again to install it"


@dataclass(frozen=True, kw_only=True, slots=True)
class Phrase:
    """A part of a sentence; the page writes `at` behind it as an age, such as "2 min ago"."""

    text: str
    at: datetime | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Described:
    """What to show of a store. Stores that need attention come first."""

    phrases: tuple[Phrase, ...]
    needs_attention: bool = False
    act: Act | None = None


def describe(
    *, status: str, health: Health, connection: ConnectionSummary | None, last_order_at: datetime | None
) -> Described:
    """What to show of a store in this status and health; `connection` is None without a shop."""
    last_order = (Phrase(text="last order", at=last_order_at),) if last_order_at else ()
    if status == "connecting":
        return Described(phrases=(Phrase(text="not connected yet"),), needs_attention=True, act="finish")
    if status == "disconnected" and connection is not None and connection.status == "revoked":
        return _ask_to_connect(*_APP_REMOVED)
    if status in _STOPPED:
        return Described(phrases=(Phrase(text=_STOPPED[status]), *last_order))
    if connection is None:
        return Described(phrases=(Phrase(text="no shop: invoices come by API and files"), *last_order))
    if health == "error":
        return _describe_error(connection)
    return Described(phrases=(_describe_webhooks(connection, health), *last_order), needs_attention=health != "ok")


def _describe_error(found: ConnectionSummary) -> Described:
    if found.status == "revoked":
        return _ask_to_connect(*(_ACCESS_REFUSED if found.platform == "shopify" else _KEYS_REFUSED))
    phrases = Phrase(text=found.error.rstrip(".")), Phrase(text="trying again by itself")
    return Described(phrases=phrases, needs_attention=True)


def _ask_to_connect(*phrases: str) -> Described:
    return Described(phrases=tuple(Phrase(text=text) for text in phrases), needs_attention=True, act="reconnect")


def _describe_webhooks(found: ConnectionSummary, health: Health) -> Phrase:
    if health == "late":
        return Phrase(text="orders are not fetched in time: look at the process loops")
    if health == "silent":
        reason = "webhooks were missed" if found.has_webhooks else "webhooks are switched off"
        return Phrase(text=f"{reason}: orders are fetched every 30 s")
    if not found.has_webhooks:
        return Phrase(text="no webhooks yet: orders are fetched every 30 s")
    is_new = found.last_event_at is None
    return Phrase(text="connected, waiting for the first webhook" if is_new else "receiving webhooks")

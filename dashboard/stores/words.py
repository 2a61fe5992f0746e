"""The health of a store in words: what it does now, what is wrong, and what to do. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Literal

from integrations.woocommerce.summaries import ConnectionSummary

# For this long after a poll found orders that came by no webhook, the webhooks count as late.
LATE_FOR = timedelta(minutes=30)
# A shop with working webhooks that sent none for this long is shown as silent. A small shop may sell nothing for a day.
SILENT_FOR = timedelta(hours=24)


Act = Literal["finish", "reconnect"]


class Health(StrEnum):
    OK = "ok"
    SILENT = "silent"
    LATE = "late"
    ERROR = "error"
    CONNECTING = "connecting"


@dataclass(frozen=True, kw_only=True, slots=True)
class Phrase:
    """A part of a sentence; the page writes `at` behind it as an age, such as "2 min ago"."""

    text: str
    at: datetime | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Described:
    """The health of a store. Stores that need attention come first."""

    health: Health
    phrases: tuple[Phrase, ...]
    needs_attention: bool = False
    # What the connection page is needed for.
    act: Act | None = None


def describe(
    *, status: str, connection: ConnectionSummary | None, last_order_at: datetime | None, now: datetime
) -> Described:
    """What to show of a store with this status of `stores.states`; `connection` is None without a shop."""
    if status == "connecting":
        return Described(
            health=Health.CONNECTING, phrases=(Phrase(text="not connected yet"),), needs_attention=True, act="finish"
        )
    last_order = (Phrase(text="last order", at=last_order_at),) if last_order_at else ()
    if status in ("paused", "disconnected"):
        return Described(health=Health.OK, phrases=(Phrase(text=_STOPPED[status]), *last_order))
    if connection is None:
        return Described(
            health=Health.OK, phrases=(Phrase(text="no shop: invoices come by API and files"), *last_order)
        )
    return _describe_connection(connection, last_order, now)


_STOPPED = {"paused": "paused: new orders wait in the shop", "disconnected": "disconnected: takes no orders"}


def _describe_connection(found: ConnectionSummary, last_order: tuple[Phrase, ...], now: datetime) -> Described:
    if found.status == "revoked":
        phrases = (
            Phrase(text="the shop does not accept the keys any more"),
            Phrase(text="make new ones and connect again"),
        )
        return Described(health=Health.ERROR, phrases=phrases, needs_attention=True, act="reconnect")
    if found.status == "error":
        return _attention(Health.ERROR, Phrase(text=found.error.rstrip(".")), Phrase(text="trying again by itself"))
    if not found.has_webhooks:
        return _attention(Health.LATE, Phrase(text="no webhooks: orders are fetched every 30 s"), *last_order)
    if found.last_missed_at is not None and now - found.last_missed_at < LATE_FOR:
        return _attention(Health.LATE, Phrase(text="webhooks were missed: orders are fetched every 30 s"), *last_order)
    if found.last_event_at is None:
        return Described(
            health=Health.OK, phrases=(Phrase(text="connected, waiting for the first webhook"), *last_order)
        )
    if now - found.last_event_at >= SILENT_FOR:
        silent = Phrase(text="last webhook", at=found.last_event_at)
        return Described(health=Health.SILENT, phrases=(silent, *last_order))
    return Described(health=Health.OK, phrases=(Phrase(text="receiving webhooks"), *last_order))


def _attention(health: Health, *phrases: Phrase) -> Described:
    return Described(health=health, phrases=phrases, needs_attention=True)

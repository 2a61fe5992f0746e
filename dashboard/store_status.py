"""The state of a store in the status of its feed: orders, figures, deliveries and connection, as the sections read them."""

from __future__ import annotations

from typing import Any

from django.utils.module_loading import import_string

from dashboard.sections import SECTIONS
from dashboard.stores.words import describe
from integrations.syncing.summaries import read_summaries
from orders.queries import read_last_placed
from runtime.formats import iso
from stores.health import read_health
from stores.queries import StoreFacts, find_store_of_feed


def read_store_status(feed: str) -> dict[str, Any] | None:
    """The state of the store of `feed`; None for a feed of no store."""
    store = find_store_of_feed(feed)
    return None if store is None else read_store_state(store)


def read_store_state(store: StoreFacts) -> dict[str, Any]:
    """What the screens of the store show. Without a connected shop, `health` is null."""
    parts = [import_string(section.store_status)(store) for section in SECTIONS if section.store_status]
    about = {
        "slug": store.slug, "name": store.name, "platform": store.platform, "status": store.status,
        "currency": store.currency, "timezone": store.timezone, "is_demo": store.is_demo,
    }  # fmt: skip
    known = {name: value for part in parts for name, value in part.items()}
    return {**about, **_read_health(store), "health": None, **known}


def _read_health(store: StoreFacts) -> dict[str, Any]:
    """The health of the store in a word, and in the sentence that the overview of stores shows."""
    health = read_health([store])[store.id]
    described = describe(
        status=store.status, health=health, connection=read_summaries([store.id]).get(store.id),
        last_order_at=read_last_placed([store.id]).get(store.id),
    )  # fmt: skip
    says = [{"text": each.text, "at": iso(each.at) if each.at else None} for each in described.phrases]
    return {"health_state": health, "says": says}

"""The cards of all stores of some accounts, from a fixed number of statements however many stores there are."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from analytics.facts.store_days import StoreDay, read_store_days
from dashboard.stores.words import Described, describe
from integrations.syncing.summaries import ConnectionSummary, read_summaries
from orders.queries import read_last_placed
from runtime.clock import read_clock
from runtime.formats import iso
from stores.health import Health, read_health
from stores.queries import StoreFacts, read_stores_of

# How many days a sparkline has, with today.
DAYS = 14
PLATFORM_NAMES = {"woocommerce": "WooCommerce", "shopify": "Shopify", "shop": "Own shop", "manual": "No shop"}
Card = dict[str, Any]


@dataclass(frozen=True, kw_only=True)
class Overview:
    """The cards by account and slug, as of `as_of`."""

    as_of: datetime
    cards: Mapping[int, Mapping[str, Card]]


def read_overview(account_ids: Collection[int]) -> Overview:
    """The stores of these accounts, the erased ones left out."""
    now, stores = read_clock(), read_stores_of(account_ids)
    ids = [store.id for store in stores]
    health = read_health(stores)
    days = read_store_days(stores, now.date() - timedelta(days=DAYS))
    connections, last_orders = read_summaries(ids), read_last_placed(ids)
    cards: dict[int, dict[str, Card]] = {account: {} for account in account_ids}
    for store in stores:
        described = describe(
            status=store.status, health=health[store.id], connection=connections.get(store.id),
            last_order_at=last_orders.get(store.id),
        )  # fmt: skip
        card = _make_card(store, now, days) | _present(described, health[store.id], connections.get(store.id))
        cards[store.account_id][store.slug] = card
    return Overview(as_of=now, cards=cards)


def _make_card(store: StoreFacts, now: datetime, days: Mapping[tuple[int, date], StoreDay]) -> Card:
    """The store with its figures."""
    today = now.astimezone(ZoneInfo(store.timezone)).date()
    shown = [days.get((store.id, today - timedelta(days=back))) for back in reversed(range(DAYS))]
    return {
        "slug": store.slug, "name": store.name, "platform": store.platform,
        "platform_name": PLATFORM_NAMES[store.platform], "domain": store.domain,
        "status": store.status, "currency": store.currency, "is_demo": store.is_demo,
        "today": {"day": today.isoformat(), "gross": _gross(shown[-1]), "orders": shown[-1].order_count if shown[-1] else 0},
        "days": [_gross(day) for day in shown],
    }  # fmt: skip


def _gross(day: StoreDay | None) -> str:
    return f"{day.gross:.2f}" if day else "0.00"


def _present(described: Described, health: Health, connection: ConnectionSummary | None) -> Card:
    """The health of the store."""
    return {
        "health": health, "needs_attention": described.needs_attention, "act": described.act,
        "says": [{"text": each.text, "at": iso(each.at) if each.at else None} for each in described.phrases],
        "webhooks": _webhooks(connection),
    }  # fmt: skip


def _webhooks(found: ConnectionSummary | None) -> dict[str, Any]:
    if found is None:
        return {"missed": 0, "healed": 0, "healed_at": None}
    healed_at = iso(found.last_missed_at) if found.last_missed_at else None
    return {"missed": found.missed_count, "healed": found.healed_count, "healed_at": healed_at}

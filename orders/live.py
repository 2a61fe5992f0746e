"""The orders of a store on its screens: sent when they are recorded, and read for a screen that opens or comes back."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from orders import listing, queries
from orders.models import Order
from orders.presenting import present_account
from stores.queries import StoreFacts
from streaming import feed as feeds

# The number of orders that a screen begins with. A status is sent each second or two, so it stays small.
ORDERS_SHOWN = 20


def send_orders(store: StoreFacts, orders: Sequence[Order]) -> None:
    """Send the orders, which were just written, and the account of the store to its screens after the commit."""
    if orders and store.feed:
        feeds.send_frames(store.feed, lambda: _frames(store, orders))


def _frames(store: StoreFacts, orders: Sequence[Order]) -> list[dict[str, Any]]:
    frames = [{"type": "order", "order": each} for each in listing.present_all(store, orders)]
    return [*frames, {"type": "account", **read_accounts(store)}]


def read_state(store: StoreFacts) -> dict[str, Any]:
    """The part of a store's status that its orders make."""
    return {"orders": listing.read_last_recorded(store, ORDERS_SHOWN), **read_accounts(store)}


def read_accounts(store: StoreFacts) -> dict[str, Any]:
    """The account of all orders per currency, and their counts by state."""
    totals = queries.read_totals(store)
    return {
        "accounts": [
            {"currency": currency, "orders": counts.pop("orders"), **present_account(counts)}
            for currency, counts in totals.by_currency.items()
        ],
        "order_counts": totals.by_state,
    }

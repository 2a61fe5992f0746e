"""The live page of one store: its orders with their accounts, figures of today, invoices, stock and connection."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import ensure_csrf_cookie
from django.views.decorators.http import require_safe

from accounts.access import SIGNED_IN, VIEW, allows, page_requires
from dashboard.snapshot import first_paint
from dashboard.stores.cards import PLATFORM_NAMES
from invoices.names import are_shown
from stores.members.callers import caller_of
from stores.members.roles import Role
from stores.members.store_access import read_store_for
from stores.queries import StoreFacts, UnknownStore
from streaming.feed import UnknownFeed

# The cards of today: the metric, its title, and what it is.
CARDS = (
    ("orders_count", "Orders today", "invoices of today"),
    ("revenue_gross", "Sales today", "with VAT, less credit notes"),
    ("average_order", "Average order", "without VAT"),
    ("refunds", "Refunds today", "credit notes, without VAT"),
)
# What a person may have to look at: the state of orders, and what it is for.
STATES = (
    ("waiting", "Waiting", "not paid or not delivered yet"),
    ("set_aside", "Set aside", "lead to no invoice"),
    ("quarantined", "Quarantined", "need a person"),
)


@require_safe
@never_cache
@page_requires(SIGNED_IN)
@ensure_csrf_cookie
def show_store(request: HttpRequest, slug: str) -> HttpResponse:
    """The live page of a store, for the members of its account; others get a 404."""
    try:
        store = read_store_for(request, slug, Role.VIEWER)
        first = first_paint(store.feed)
    except (UnknownStore, UnknownFeed) as unknown:
        raise Http404(str(unknown)) from unknown
    return render(request, "orders/store.html", _context(request, store, first["hello"]))


def _context(request: HttpRequest, store: StoreFacts, hello: dict[str, Any]) -> dict[str, Any]:
    state = hello["status"]["store"]
    role = caller_of(request).roles[store.account_id]
    may = {"may_change": role.includes(Role.ADMIN), "may_open_documents": allows(request, VIEW)}
    metrics = {(each["name"], each["currency"]): each["value"] for each in state["metrics"]}
    currency = _choose_currency(store.currency, metrics)
    return {
        "feed": store.feed,
        "menu_at": "stores",
        "store": state,
        "currency": currency,
        "platform_name": PLATFORM_NAMES[store.platform],
        "cards": [
            {"name": name, "title": title, "says": says, "value": metrics.get((name, currency))}
            for name, title, says in CARDS
        ],
        "states": [
            {"name": name, "title": title, "says": says, "count": state["order_counts"].get(name, 0)}
            for name, title, says in STATES
        ],
        "rows": list(reversed(hello["items"])),
        "display": hello["status"]["display"],
        "page": {"hello": hello, "names_shown": are_shown(request, store), **may},
        **may,
    }


def _choose_currency(own: str, metrics: dict[tuple[str, str], Any]) -> str:
    """The currency of the cards: the store's own, or where today has none in it, the one with the most orders.

    `static/orders/today.js` has the same rule.
    """
    counts = {currency: value for (name, currency), value in metrics.items() if name == CARDS[0][0]}
    return own if own in counts or not counts else max(counts, key=lambda code: counts[code])

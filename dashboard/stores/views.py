"""The page of all stores of a user. The WebSocket `/ws/stores/` keeps it up to date."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from accounts.access import SIGNED_IN, page_requires
from dashboard.stores.cards import Card, read_overview
from runtime.formats import iso
from stores.members.callers import caller_of
from stores.members.roles import Role

# As many as a large screen shows before its scripts run.
FIRST_CARDS = 24
# As many as scripts draw at first (`PAGE` in static/stores/state.js). The hello of the WebSocket has all.
FIRST_ITEMS = 60


@require_safe
@never_cache
@page_requires(SIGNED_IN)
def show_stores(request: HttpRequest) -> HttpResponse:
    """A card per store; stores that need attention come first."""
    roles = caller_of(request).roles
    overview = read_overview(roles)
    cards = sorted((card for mine in overview.cards.values() for card in mine.values()), key=_place)
    may_connect = any(role.includes(Role.ADMIN) for role in roles.values())
    page = {
        "as_of": iso(overview.as_of), "items": cards[:FIRST_ITEMS], "is_whole": len(cards) <= FIRST_ITEMS,
        "may_connect": may_connect,
    }  # fmt: skip
    first = [card for card in cards[:FIRST_CARDS] if is_shown(card)]
    return render(
        request, "stores/overview.html",
        {"page": page, "first": first, "may_connect": may_connect, "is_member": bool(roles)},
    )  # fmt: skip


def is_shown(card: Card) -> bool:
    """Whether a store has something to show: one without a shop has its sales alone."""
    return bool(card["platform"] != "manual" or any(float(gross) for gross in card["days"]))


def _place(card: Card) -> tuple[Any, ...]:
    """Those that are shown come first, and among them those that need attention."""
    return (not is_shown(card), not card["needs_attention"], card["name"].casefold(), card["slug"])

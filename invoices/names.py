"""Who sees the buyers of a store on its screens, and the switch by which owners and admins see them.

The switch belongs to the session of the user. Each change of it is an event of the audit log.
"""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from django.db import transaction
from django.http import HttpRequest

from events.log import append
from invoices.models import Invoice
from runtime.clock import read_clock
from runtime.formats import iso
from stores.members.callers import STORE_FEED, caller_of
from stores.members.roles import Role
from stores.queries import StoreFacts, find_store_of_feed

TOPIC = "audit.names"
_KEY = "stores with names"


def may_see_names(request: HttpRequest, feed: str) -> bool:
    """Whether lists of `feed` name the buyers to this caller. Viewers of a store see masked names."""
    if not feed.startswith(STORE_FEED):
        return True
    store = find_store_of_feed(feed)
    role = caller_of(request).roles.get(store.account_id) if store else None
    return role is not None and role.includes(Role.ADMIN)


def are_shown(request: HttpRequest, store: StoreFacts) -> bool:
    """Whether the switch is on in this session."""
    return store.slug in request.session.get(_KEY, [])


@transaction.atomic
def switch(request: HttpRequest, store: StoreFacts, *, shown: bool) -> None:
    """Turn the switch on or off, and append the change to the audit log. Does nothing where it is set so already."""
    if are_shown(request, store) == shown:
        return
    others = [slug for slug in request.session.get(_KEY, []) if slug != store.slug]
    request.session[_KEY] = [*others, store.slug] if shown else others
    caller = caller_of(request)
    payload = {"store": store.slug, "user": caller.name or None, "shown": shown, "ts": iso(read_clock())}
    append(TOPIC, store.slug, "shown" if shown else "hidden", payload)


def read_names(store: StoreFacts, numbers: Collection[str]) -> list[dict[str, Any]]:
    """The buyers of these documents of the store."""
    rows = Invoice.objects.filter(invoice_number__in=numbers, series__store_id=store.id, series__closed_at=None)
    return [
        {"invoice_number": number, "buyer_name": name}
        for number, name in rows.values_list("invoice_number", "buyer_name")
    ]

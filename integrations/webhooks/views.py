"""The inbox of a store: its deliveries with what each changed, and their replay. Filters are in the address."""

from __future__ import annotations

import json
import re
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import urlencode

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import ensure_csrf_cookie
from django.views.decorators.http import require_safe

from accounts.access import page_requires
from integrations.webhooks import queries
from integrations.webhooks.queries import Filter
from integrations.webhooks.serialize import present_delivery
from integrations.webhooks.states import State
from stores.members.callers import caller_of
from stores.members.roles import Role
from stores.members.store_access import SIGNED_IN, read_store_for
from stores.queries import StoreFacts, UnknownStore
from streaming import feed as feeds

SHOWN = 50
STATES = {
    State.NEW: "To apply", State.DONE: "Done", State.SET_ASIDE: "Set aside", State.QUARANTINED: "Quarantined",
    State.DEAD: "Dead",
}  # fmt: skip
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", re.ASCII)


@require_safe
@never_cache
@page_requires(SIGNED_IN)
@ensure_csrf_cookie
def show_inbox(request: HttpRequest, slug: str) -> HttpResponse:
    """The deliveries of a store, newest first, for the members of its account; others get a 404."""
    try:
        store = read_store_for(request, slug, Role.VIEWER)
    except UnknownStore as unknown:
        raise Http404(str(unknown)) from unknown
    given = _given(request)
    before = request.GET.get("before", "")
    found, following = queries.read_page(
        store.id, _filter(given), before=int(before) if before.isdigit() and len(before) < 19 else None, limit=SHOWN
    )
    return render(request, "integrations/inbox.html", _context(request, store, given, found, following))


def _context(
    request: HttpRequest, store: StoreFacts, given: dict[str, str], found: list[Any], following: int | None
) -> dict[str, Any]:
    may_change = caller_of(request).roles[store.account_id].includes(Role.ADMIN)
    hello = json.loads(feeds.read_hello(feeds.check_feed(store.feed)))
    counts = queries.count_by_state(store.id, list(STATES))
    without_state = {name: value for name, value in given.items() if name != "state"}
    return {
        "feed": store.feed,
        "menu_at": "stores",
        "store": store,
        "given": given,
        "states": [
            {"name": state.value, "title": title, "count": counts.get(state, 0),
             "query": urlencode({"state": state.value, **without_state})}
            for state, title in STATES.items()
        ],
        "query_of_all": urlencode(without_state),
        "topics": queries.read_topics(store.id),
        "deliveries": [{**present_delivery(each), "title": STATES[State(each.state)]} for each in found],
        "next": urlencode({**given, "before": following}) if following else "",
        "may_change": may_change,
        # The replay of all that the filters select.
        "page": {"hello": {**hello, "items": []}, "filter": _api_filter(given), "slug": store.slug},
    }  # fmt: skip


def _given(request: HttpRequest) -> dict[str, str]:
    """The filters of the address that are valid."""
    found = {name: request.GET.get(name, "") for name in ("state", "topic", "from", "to")}
    is_valid = {
        "state": found["state"] in list(STATES),
        "topic": re.fullmatch(r"[a-z_./]{1,60}", found["topic"]) is not None,
        "from": _day(found["from"]) is not None,
        "to": _day(found["to"]) is not None,
    }
    return {name: value for name, value in found.items() if is_valid[name]}


def _filter(given: dict[str, str]) -> Filter:
    """The filter of the table; the last day is included."""
    until = _day(given.get("to", ""))
    return Filter(
        state=given.get("state"), topic=given.get("topic"), since=_day(given.get("from", "")),
        until=until + timedelta(days=1) if until else None,
    )  # fmt: skip


def _api_filter(given: dict[str, str]) -> dict[str, str]:
    """The same filter as the API takes it."""
    chosen = _filter(given)
    moments = {"from": chosen.since, "to": chosen.until}
    texts = {name: moment.strftime("%Y-%m-%dT%H:%M:%SZ") for name, moment in moments.items() if moment}
    return {name: given[name] for name in ("state", "topic") if name in given} | texts


def _day(text: str) -> datetime | None:
    """The beginning of a day in UTC; None for another text."""
    if not _DAY.fullmatch(text):
        return None
    try:
        day = datetime.strptime(text, "%Y-%m-%d").replace(tzinfo=UTC)
    except ValueError:
        return None
    return day if 1900 < day.year < 3000 else None

"""The page of revenue. Its address says what it shows, and its figures come from the API; this gives it what it starts from."""

from __future__ import annotations

import json
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import ensure_csrf_cookie
from django.views.decorators.http import require_safe

from accounts.access import viewer_required
from analytics.metrics.catalogue import read_catalogue
from analytics.metrics.standing import read_standing, snapshot
from runtime.formats import iso
from stores.queries import read_stores
from streaming import feed as feeds

REAL_FEED = "live"
# The cards of the page, of which those are shown that are in the catalogue.
CARDS = (
    "revenue", "transactions", "avg_order_value", "unique_customers", "revenue_gross", "refunds", "units", "new_customers",
    "conversion_rate", "customer_acquisition_cost",
)  # fmt: skip
# What the table has besides.
COLUMNS = (*CARDS, "vat")
# Its filters, as far as revenue has these dimensions.
FILTERS = ("category", "product", "country", "customer_segment", "channel", "store", "feed", "kind")


@require_safe
@never_cache
@viewer_required
@ensure_csrf_cookie
def show_revenue(request: HttpRequest) -> HttpResponse:
    """Revenue and what belongs to it. `?feed=`, as the menu has it, becomes a filter where the feed has figures."""
    if "feed" in request.GET:
        query = _without_feed(request.GET).urlencode()
        return HttpResponseRedirect(f"{request.path}?{query}" if query else request.path)
    feed = _followed(request.GET)
    catalogue = read_catalogue()
    known = {metric["name"]: metric for metric in catalogue}
    cards = [known[name] for name in CARDS if name in known]
    page = _page(feed, catalogue)
    filters = [name for name in FILTERS if name in known["revenue"]["dimensions"] and _is_choice(name, page)]
    return render(request, "analytics/revenue.html", {"feed": feed, "cards": cards, "filters": filters, "page": page})


def _without_feed(given: QueryDict) -> QueryDict:
    query = given.copy()
    (name,) = query.pop("feed")[-1:]
    if name not in feeds.feed_names():
        raise Http404(f"{name[:60]!r} is not a feed.")
    if _is_test(name) and name in feeds.permanent_feeds():
        query.setlist("filter.feed", [name])
    return query


def _followed(given: QueryDict) -> str:
    """The feed whose messages make the page ask again."""
    chosen = given.getlist("filter.feed")
    return chosen[0] if len(chosen) == 1 and chosen[0] in feeds.feed_names() else REAL_FEED


def _page(feed: str, catalogue: list[dict[str, Any]]) -> dict[str, Any]:
    hello = json.loads(feeds.read_hello(feeds.check_feed(feed)))
    with snapshot():
        standing = read_standing({})
    stores = read_stores()
    return {
        # Rows are not shown here.
        "hello": {**hello, "items": []},
        "now": iso(standing.as_of),
        "timezone": standing.zone.key,
        "currency": next((store.currency for store in stores if not store.is_demo), ""),
        "feeds": [{"name": name, "is_test": _is_test(name)} for name in feeds.permanent_feeds()],
        "stores": [{"slug": each.slug, "name": each.name, "is_demo": each.is_demo} for each in stores],
        "metrics": catalogue,
        "columns": [name for name in COLUMNS if name in {metric["name"] for metric in catalogue}],
    }


def _is_choice(dimension: str, page: dict[str, Any]) -> bool:
    """One store alone needs no filter."""
    return dimension != "store" or len(page["stores"]) > 1


def _is_test(feed: str) -> bool:
    return feeds.kind_of(feed).mark is not None

"""The first content of a page before its socket is open: the same hello that the socket sends."""

from __future__ import annotations

import json
from typing import Any

from invoices.serialize import figures
from streaming import feed as feeds


def first_paint(feed: str, wanted_currency: str = "") -> dict[str, Any]:
    """The data of a new screen on `feed`: its hello, the feeds, the sort fields, and the totals in the shown currency.

    Raises `UnknownFeed`.
    """
    hello = json.loads(feeds.read_hello(feeds.check_feed(feed)))
    return {
        "hello": hello,
        "stats": choose_figures(hello["stats"], wanted_currency),
        "status": hello["status"],
        "feeds": feeds.feed_names(),
        "sortable": feeds.kind_of(feed).sortable(feed),
    }


def choose_figures(stats: dict[str, Any], wanted: str) -> dict[str, Any]:
    """The totals that a page shows first: in the currency that is wanted, else in the default one, each only when the
    feed holds it; else in the currency with the most invoices. `static/streaming/currencies.js` has the same rule.
    """
    held: dict[str, dict[str, Any]] = {each["currency"]: each for each in stats["currencies"]}
    if not held:
        return figures(wanted or stats["currency"])
    default = held.get(wanted) or held.get(stats["currency"])
    return default or max(held.values(), key=lambda each: int(each["invoice_count"]))

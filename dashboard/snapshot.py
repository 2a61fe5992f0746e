"""The first content of a page before its socket is open: the same hello that the socket sends."""

from __future__ import annotations

import json
from typing import Any

from streaming import feed as feeds


def first_paint(feed: str) -> dict[str, Any]:
    """The data of a new screen on `feed`: its hello, the feeds, and the sort fields.

    Raises `UnknownFeed`.
    """
    hello = json.loads(feeds.read_hello(feeds.check_feed(feed)))
    return {
        "hello": hello,
        "stats": hello["stats"],
        "status": hello["status"],
        "feeds": feeds.feed_names(),
        "sortable": feeds.kind_of(feed).sortable(feed),
    }

"""What a page shows before its socket is open: the same hello that the socket would send."""

from __future__ import annotations

import json
from typing import Any

from streaming import feed as feeds


def first_paint(feed: str) -> dict[str, Any]:
    """What a fresh screen on `feed` begins with: its hello, which feeds there are, what they can be sorted by.

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

"""What a page shows before its socket is open: the same hello that the socket would send."""

from __future__ import annotations

import json
from typing import Any

from streaming import feed as feeds


def first_paint(feed: str) -> dict[str, Any]:
    """The hello of a fresh screen on `feed`, its totals and status, and which feeds there are. Raises `UnknownFeed`."""
    hello = json.loads(feeds.read_hello(feeds.check_feed(feed)))
    return {"hello": hello, "stats": hello["stats"], "status": hello["status"], "feeds": list(feeds.FEEDS)}

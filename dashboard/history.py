"""The last seconds of a feed, for charts."""

from __future__ import annotations

from typing import Any

from invoices import present
from streaming import feed as feeds


def read_history(feed: str, seconds: int) -> list[dict[str, Any]]:
    """A row a second, oldest first, the second under way last: issued and shown in it, the backlog at its end."""
    return [
        {"at": present.iso(second.at), "issued": second.issued, "shown": second.shown, "backlog": second.backlog}
        for second in feeds.read_seconds(feed, seconds)
    ]

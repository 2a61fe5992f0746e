"""What goes out on Redis after a commit: hints that it is worth looking. Lost hints cost a second, never data.

Messages to the hubs (group `feeds`), documented in docs/events.md:
`feed.totals` {feed} - totals changed; `feed.status` {feed} - state changed; `feed.shown` {feed, seq, item, cleared_seq} -
a row was shown, item is its JSON text; `feed.cleared` {feed, last_seq} - the screens were cleared.
"""

from __future__ import annotations

from typing import Any

from redis import Redis

from streaming import names, redis
from streaming.layers import hint_layer, pacer_layer


def announced(feed: str) -> None:
    """Invoices were announced: the totals moved and the pacer may have something to do."""
    _send({"type": "feed.totals", "feed": feed}, wake_pacer=True)


def totals_changed(feed: str) -> None:
    _send({"type": "feed.totals", "feed": feed})


def status_changed(feed: str) -> None:
    _send({"type": "feed.status", "feed": feed}, wake_pacer=True)


def shown(feed: str, seq: int, item: str, *, cleared_seq: int | None) -> None:
    _send({"type": "feed.shown", "feed": feed, "seq": seq, "item": item, "cleared_seq": cleared_seq})


def cleared(feed: str, last_seq: int) -> None:
    _send({"type": "feed.cleared", "feed": feed, "last_seq": last_seq})


def _send(message: dict[str, Any], *, wake_pacer: bool = False) -> None:
    def send(client: Redis) -> None:
        pipeline = client.pipeline(transaction=False)
        hint_layer().publish(pipeline, names.GROUP, message)
        if wake_pacer:
            pacer_layer().wake(pipeline, names.PACER_CHANNEL)
        pipeline.execute()

    redis.attempt(send)

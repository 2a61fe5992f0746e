"""The lengths of the product's queues, and how fast they fill and drain."""

from __future__ import annotations

from typing import Any

from runtime import broker, redis
from streaming import feed as feeds

RATE_SECONDS = 10
# Of an installation with a thousand stores, each with its feed, those are listed that a user may have to look at.
MOST_FEEDS = 50


def read_queues() -> list[dict[str, Any]]:
    """The display queues of feeds from PostgreSQL, then Celery's queues from Redis: null while Redis is down.

    The feeds are the permanent ones and `MOST_FEEDS` others: those with the longest queues, then the newest. Rates are
    means of the last `RATE_SECONDS` whole seconds; there are none for Celery's messages.
    """
    return [*map(_read_display, feeds.longest_queues(MOST_FEEDS)), *map(_read_celery, broker.QUEUES)]


def _read_display(feed: str) -> dict[str, Any]:
    whole = feeds.read_seconds(feed, RATE_SECONDS + 1)[:-1]
    display = feeds.display(feed)
    return {
        "name": feed,
        "kind": "display",
        "waiting": display.queued_count,
        "in_per_second": sum(second.issued for second in whole) / RATE_SECONDS,
        "out_per_second": sum(second.shown for second in whole) / RATE_SECONDS,
        "drain_eta_seconds": feeds.drain_eta_seconds(display),
    }


def count_messages(name: str) -> int | None:
    """How many messages wait in Celery's queue `name`; None while Redis is down."""
    count = redis.attempt(lambda redis: redis.llen(broker.queue_key(name)))
    return count if isinstance(count, int) else None


def _read_celery(name: str) -> dict[str, Any]:
    return {
        "name": name,
        "kind": "celery",
        "waiting": count_messages(name),
        "in_per_second": None,
        "out_per_second": None,
        "drain_eta_seconds": None,
    }

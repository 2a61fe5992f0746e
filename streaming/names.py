"""Every Redis key, group and topic of the product, built in one place."""

from __future__ import annotations

GROUP = "feeds"
CELERY_PREFIX = "invoicedash:celery:"
JOBS_QUEUE = "jobs"
CELERY_QUEUES = ("ticks", JOBS_QUEUE)
PACER_CHANNEL = "pacer"


def queue_key(epoch: str, feed: str) -> str:
    """The display queue of a feed. The epoch is in it: positions of another database must never be shown here."""
    return f"invoicedash:queue:{epoch}:{feed}"


def celery_key(queue: str) -> str:
    """The list that the broker keeps the messages of a queue in."""
    return f"{CELERY_PREFIX}{queue}"


def stats_key(feed: str, currency: str) -> str:
    """The cached totals of a feed in a currency."""
    return f"invoicedash:stats:{feed}:{currency}"

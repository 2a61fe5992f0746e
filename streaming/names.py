"""The Redis keys, groups and channels of the feeds, defined in one place."""

from __future__ import annotations

GROUP = "feeds"
PACER_CHANNEL = "pacer"


def queue_key(epoch: str, feed: str) -> str:
    """The key of a feed's display queue. It contains the epoch, so that positions of another database are never shown."""
    return f"invoicedash:queue:{epoch}:{feed}"

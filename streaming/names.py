"""The Redis keys, groups and channels of the feeds, defined in one place."""

from __future__ import annotations

GROUP = "feeds"
PACER_CHANNEL = "pacer"
# The Redis channel behind the group, for readers without a channel layer, and the notification that totals changed.
NOTIFICATION_CHANNEL = "invoicedash__group__feeds"
TOTALS_CHANGED = "feed.totals"


def queue_key(epoch: str, feed: str) -> str:
    """The key of a feed's display queue. It contains the epoch, so that positions of another database are never shown."""
    return f"invoicedash:queue:{epoch}:{feed}"


def watched_key(feed: str) -> str:
    """The key that exists while a screen follows the feed."""
    return f"invoicedash:watched:{feed}"

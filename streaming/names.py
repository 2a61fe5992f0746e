"""The Redis keys, groups and channels of the feeds, built in one place."""

from __future__ import annotations

GROUP = "feeds"
PACER_CHANNEL = "pacer"
# The Redis channel behind the group, for readers without a channel layer, and the notification that totals changed.
NOTIFICATION_CHANNEL = "invoicedash__group__feeds"
TOTALS_CHANGED = "feed.totals"


def queue_key(epoch: str, feed: str) -> str:
    """The display queue of a feed. The epoch is in it: positions of another database must never be shown here."""
    return f"invoicedash:queue:{epoch}:{feed}"

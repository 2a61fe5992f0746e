"""The Redis keys, groups and channels of the feeds, built in one place."""

from __future__ import annotations

GROUP = "feeds"
PACER_CHANNEL = "pacer"


def queue_key(epoch: str, feed: str) -> str:
    """The display queue of a feed. The epoch is in it: positions of another database must never be shown here."""
    return f"invoicedash:queue:{epoch}:{feed}"

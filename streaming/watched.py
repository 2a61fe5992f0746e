"""Which feeds a screen follows, noted in Redis by the hubs, so that no frames are made that no screen receives.

A feed counts as watched for `WATCHED_SECONDS` after the last note. A hub notes it before it reads the status that a screen
begins with, and with every later one: what is committed after such a read finds the note.
"""

from __future__ import annotations

from runtime import redis
from streaming import names

# Many times the longest time between two reads of a status, for a hub that waits for PostgreSQL.
WATCHED_SECONDS = 60


def note_watched(feed: str) -> None:
    """Note that a screen follows `feed`."""
    redis.attempt(lambda client: client.set(names.watched_key(feed), 1, ex=WATCHED_SECONDS))


def is_watched(feed: str) -> bool:
    """Whether a screen may follow `feed`. Without Redis, no frame reaches one."""
    return bool(redis.attempt(lambda client: client.exists(names.watched_key(feed))))

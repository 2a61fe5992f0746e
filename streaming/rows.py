"""Reads the rows of a feed from PostgreSQL: the next ones, and those that were shown.

The app above registers a loader for the text of a row; `item` is None when the row was deleted.
"""

from __future__ import annotations

from dataclasses import dataclass

from django.db import connection

from runtime.prepared import fetch_all
from streaming.kinds import kind_of


@dataclass(frozen=True, kw_only=True)
class Row:
    """A queued row, by position."""

    position: int
    item: str | None


@dataclass(frozen=True, kw_only=True)
class ShownRow:
    """A row with its sequence number. `item` is its JSON text, `null` when the row was deleted."""

    seq: int
    item: str


_ENTRIES = """
SELECT first_position, count, origin_id, first_ordinal FROM streaming_entry
WHERE feed_id = %(feed)s AND first_position <= %(last)s AND first_position >= (
    SELECT max(first_position) FROM streaming_entry WHERE feed_id = %(feed)s AND first_position <= %(first)s)
ORDER BY first_position
"""

_SHOWN = """
SELECT s.seq, e.origin_id, e.first_ordinal + s.position - e.first_position
FROM (SELECT feed_id, seq, position FROM streaming_shown WHERE feed_id = %(feed)s AND seq > %(after)s
      ORDER BY seq {direction} LIMIT %(limit)s) s
CROSS JOIN LATERAL (SELECT origin_id, first_ordinal, first_position FROM streaming_entry
      WHERE feed_id = s.feed_id AND first_position <= s.position ORDER BY first_position DESC LIMIT 1) e
ORDER BY s.seq
"""


def load_announced(feed: str, *, first: int, last: int) -> list[Row]:
    """The announced rows at positions `first` to `last`, in order."""
    with connection.cursor() as cursor:
        cursor.execute(_ENTRIES, {"feed": feed, "first": first, "last": last})
        entries = cursor.fetchall()
    keys: dict[int, tuple[int, int]] = {}
    for first_position, count, origin_id, first_ordinal in entries:
        for position in range(max(first, first_position), min(last, first_position + count - 1) + 1):
            keys[position] = (origin_id, first_ordinal + position - first_position)
    items = _load_items(feed, list(keys.values()))
    return [Row(position=position, item=items.get(key)) for position, key in keys.items()]


def load_shown(feed: str, *, after: int, limit: int) -> list[ShownRow]:
    """The first `limit` rows shown after sequence number `after`, ascending."""
    return _load_shown(_SHOWN.format(direction="ASC"), feed, after, limit)


def load_newest_shown(feed: str, *, after: int, limit: int) -> list[ShownRow]:
    """The newest `limit` rows shown after sequence number `after`, ascending."""
    return _load_shown(_SHOWN.format(direction="DESC"), feed, after, limit)


def _load_shown(sql: str, feed: str, after: int, limit: int) -> list[ShownRow]:
    found = fetch_all(sql, {"feed": feed, "after": after, "limit": limit})
    items = _load_items(feed, [(origin_id, ordinal) for _, origin_id, ordinal in found])
    return [ShownRow(seq=seq, item=items.get((origin_id, ordinal), "null")) for seq, origin_id, ordinal in found]


def _load_items(feed: str, keys: list[tuple[int, int]]) -> dict[tuple[int, int], str]:
    return kind_of(feed).load_items(keys) if keys else {}

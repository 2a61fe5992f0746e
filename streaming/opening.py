"""Opens and closes temporary feeds. A closed feed is excluded from every answer at once."""

from __future__ import annotations

from decimal import Decimal

from django.db import connection, transaction

from runtime.clock import ClockTimestamp
from streaming.kinds import permanent_feeds
from streaming.models import Cursor, Entry, Feed, Shown, Skip

DELETE_ROWS = 5000
# The parts of a feed, in the order of their deletion.
Part = type[Shown] | type[Skip] | type[Entry]
_PARTS: tuple[Part, ...] = (Shown, Skip, Entry)


@transaction.atomic
def open_feed(name: str, *, rate_per_second: Decimal) -> None:
    """Open feed `name` with that rate (rows per second). A name is never used again: sequence numbers never fall."""
    Feed.objects.create(name=name)
    Cursor.objects.create(feed_id=name, rate_per_second=rate_per_second)


def close_feed(name: str) -> None:
    """Exclude feed `name` from every answer; the sweep deletes its rows."""
    Feed.objects.filter(name=name, closed_at=None).exclude(name__in=permanent_feeds()).update(
        closed_at=ClockTimestamp()
    )


def delete_closed(limit: int = DELETE_ROWS) -> int:
    """Delete up to `limit` rows of closed feeds, and feeds without rows left; returns the number of rows."""
    for name in Feed.objects.exclude(closed_at=None).order_by("closed_at").values_list("name", flat=True):
        for part in _PARTS:
            if count := _delete_some(part, name, limit):
                return count
        _delete_feed(name)
    return 0


def names_with_queue() -> list[str]:
    """The feeds that have queued rows."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT f.name FROM streaming_feed f JOIN streaming_cursor c ON c.feed_id = f.name"
            " WHERE f.position > c.position AND f.closed_at IS NULL"
        )
        return [name for (name,) in cursor.fetchall()]


def _delete_some(part: Part, name: str, limit: int) -> int:
    some = part.objects.filter(feed_id=name).values_list("id", flat=True)[:limit]
    count, _ = part.objects.filter(id__in=list(some)).delete()
    return count


@transaction.atomic
def _delete_feed(name: str) -> None:
    """Delete the feed itself, with rows that a running pacer may have shown meanwhile."""
    Feed.objects.select_for_update().filter(name=name).first()
    Cursor.objects.select_for_update().filter(feed_id=name).first()
    for part in _PARTS:
        _delete_some(part, name, DELETE_ROWS)
    Cursor.objects.filter(feed_id=name).delete()
    Feed.objects.filter(name=name).delete()

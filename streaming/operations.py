"""Operations that change a feed: announce, skip, clear, set the pace. Each runs in a transaction and notifies after its
commit.

The lock order is feed head, then cursor (docs/locks.md).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal
from typing import Any

from django.db import connection, transaction

from streaming import notifications, wire
from streaming.kinds import UnknownFeed, permanent_feeds
from streaming.models import Cursor, Feed, Installation, Skip
from streaming.watched import is_watched


def ensure_feeds(**_: Any) -> None:
    """Create the rows that every database needs: its epoch and the permanent feeds. Runs after each migrate."""
    Installation.objects.get_or_create(id=1)
    for name in permanent_feeds():
        Feed.objects.get_or_create(name=name)
        Cursor.objects.get_or_create(feed_id=name)


def announce(name: str, *, origin_id: int, first_ordinal: int, count: int) -> int:
    """Announce `count` rows of an origin on feed `name`, in the caller's transaction; returns the first position.

    The head row stays locked until the commit, so positions are given in commit order.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT streaming_announce(%s, %s, %s, %s)", [name, origin_id, first_ordinal, count])
        (first_position,) = cursor.fetchone()
    if first_position is None:
        raise UnknownFeed(name)
    notify_announced(name)
    return int(first_position)


_RANGES = """
WITH ranges AS (
    SELECT origin, ordinal, rows, (sum(rows) OVER (ORDER BY place))::bigint - rows AS before
    FROM unnest(%(origins)s::bigint[], %(ordinals)s::bigint[], %(counts)s::bigint[])
        WITH ORDINALITY AS given(origin, ordinal, rows, place)),
head AS (
    UPDATE streaming_feed SET position = position + (SELECT sum(rows) FROM ranges)::bigint
    WHERE name = %(feed)s RETURNING position - (SELECT sum(rows) FROM ranges)::bigint AS position)
INSERT INTO streaming_entry (feed_id, first_position, count, origin_id, first_ordinal, announced_at)
SELECT %(feed)s, head.position + before + 1, rows, origin, ordinal, clock_timestamp() FROM ranges CROSS JOIN head
"""


def announce_ranges(name: str, ranges: Sequence[tuple[int, int, int]]) -> None:
    """Announce ranges (origin, first ordinal, count) on feed `name`, in their order, in the caller's transaction."""
    origins, ordinals, counts = zip(*ranges, strict=True)
    with connection.cursor() as cursor:
        cursor.execute(
            _RANGES, {"feed": name, "origins": list(origins), "ordinals": list(ordinals), "counts": list(counts)}
        )
        if cursor.rowcount != len(ranges):
            raise UnknownFeed(name)
    notify_announced(name)


def notify_announced(name: str) -> None:
    """Notify that rows were announced on feed `name`, after the current transaction commits."""
    transaction.on_commit(lambda: notifications.announced(name))


@transaction.atomic
def skip_queued(name: str, *, clear_screens: bool = False) -> int:
    """Skip all queued rows of feed `name`; returns their number. With `clear_screens`, also clear the screens."""
    head = Feed.objects.select_for_update(no_key=True).get(name=name).position
    cursor = Cursor.objects.select_for_update(no_key=True).get(feed_id=name)
    count = head - cursor.position
    if count:
        Skip.objects.create(
            feed_id=name,
            first_position=cursor.position + 1,
            last_position=head,
            seq=cursor.last_seq,
            why=Skip.Why.RESET if clear_screens else Skip.Why.SKIP,
        )
    cursor.position = head
    cursor.skipped_count += count
    if clear_screens:
        cursor.cleared_seq = cursor.last_seq
        transaction.on_commit(lambda: notifications.cleared(name, cursor.last_seq))
    cursor.save()
    transaction.on_commit(lambda: notifications.status_changed(name))
    return count


@transaction.atomic
def set_pace(name: str, *, mode: str | None = None, rate_per_second: Decimal | None = None) -> None:
    """Set how feed `name` is shown: every row or the latest, and its rate (rows per second). None leaves a value
    unchanged.
    """
    changes: dict[str, Any] = {}
    if mode is not None:
        changes["mode"] = mode
    if rate_per_second is not None:
        changes["rate_per_second"] = rate_per_second
    if changes:
        Cursor.objects.filter(feed_id=name).update(**changes)
    transaction.on_commit(lambda: notifications.status_changed(name))


def notify_status(name: str) -> None:
    """Notify the screens of feed `name` of a new status, after the current transaction commits."""
    transaction.on_commit(lambda: notifications.status_changed(name))


def notify_rights(topic: str) -> None:
    """Have the visitors of the feed `topic`, or the sockets that watch it, checked again after the commit."""
    transaction.on_commit(lambda: notifications.rights_changed(topic))


def notify_totals(name: str) -> None:
    """Notify the screens of feed `name` of new totals, after the current transaction commits."""
    transaction.on_commit(lambda: notifications.totals_changed(name))


def send_frames(name: str, make: Callable[[], Sequence[Mapping[str, Any]]]) -> None:
    """Send frames, JSON objects with a `type`, to the screens of feed `name` after the current transaction commits.

    `make` is called then, and only while a screen follows the feed. The frames carry no sequence number and are not kept: the
    status of the feed must contain what they say. An error is logged, because the commit stays.
    """

    def send() -> None:
        if is_watched(name) and (texts := [wire.encode(frame) for frame in make()]):
            notifications.frames(name, texts)

    transaction.on_commit(send, robust=True)

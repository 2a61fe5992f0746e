"""The history of a feed second by second, counted from its entries, shown rows and skips."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db import connection

# The current backlog is known. For each earlier second, subtract what was announced since and add what was shown or
# skipped.
_SECONDS = """
WITH clock AS (SELECT date_trunc('second', clock_timestamp()) AS last),
span AS (
    SELECT generate_series(last - (%(seconds)s - 1) * interval '1 second', last, interval '1 second') AS at FROM clock),
issued AS (
    SELECT date_trunc('second', announced_at) AS at, sum(count) AS n FROM streaming_entry
    WHERE feed_id = %(feed)s AND announced_at >= (SELECT min(at) FROM span) GROUP BY 1),
shown AS (
    SELECT date_trunc('second', shown_at) AS at, count(*) AS n FROM streaming_shown
    WHERE feed_id = %(feed)s AND shown_at >= (SELECT min(at) FROM span) GROUP BY 1),
skipped AS (
    SELECT date_trunc('second', at) AS at, sum(last_position - first_position + 1) AS n FROM streaming_skip
    WHERE feed_id = %(feed)s AND at >= (SELECT min(at) FROM span) GROUP BY 1),
backlog AS (
    SELECT f.position - c.position AS n FROM streaming_feed f JOIN streaming_cursor c ON c.feed_id = f.name
    WHERE f.name = %(feed)s),
moves AS (
    SELECT span.at, coalesce(issued.n, 0) AS issued, coalesce(shown.n, 0) AS shown, coalesce(skipped.n, 0) AS skipped
    FROM span LEFT JOIN issued USING (at) LEFT JOIN shown USING (at) LEFT JOIN skipped USING (at))
SELECT at, issued, shown,
    (SELECT n FROM backlog) - coalesce(sum(issued - shown - skipped) OVER (
        ORDER BY at DESC ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING), 0)
FROM moves ORDER BY at
"""


@dataclass(frozen=True, slots=True)
class Second:
    """One second of a feed; `backlog` is the number of queued rows at its end."""

    at: datetime
    issued: int
    shown: int
    backlog: int


def read_seconds(feed: str, seconds: int) -> list[Second]:
    """The last `seconds` seconds of `feed`, oldest first, with empty seconds and the current one."""
    with connection.cursor() as cursor:
        cursor.execute(_SECONDS, {"feed": feed, "seconds": seconds})
        return [
            Second(at=at, issued=int(issued), shown=shown, backlog=int(backlog))
            for at, issued, shown, backlog in cursor.fetchall()
        ]


@dataclass(frozen=True)
class Announced:
    """One announcement: `count` rows of an origin from `first_ordinal` on, in the second `at`."""

    at: datetime
    origin_id: int
    first_ordinal: int
    count: int


_ANNOUNCED = """
SELECT at, origin_id, first_ordinal, count FROM (
    SELECT date_trunc('second', announced_at) AS at, origin_id, first_ordinal, count,
        sum(count) OVER (ORDER BY first_position DESC) AS so_far
    FROM streaming_entry WHERE feed_id = %(feed)s
    AND announced_at >= date_trunc('second', clock_timestamp()) - (%(seconds)s - 1) * interval '1 second'
) AS recent
WHERE so_far <= %(at_most)s
"""


def read_announced(feed: str, seconds: int, *, at_most: int) -> list[Announced]:
    """The announcements on `feed` of the last `seconds` seconds: the newest, up to `at_most` rows."""
    with connection.cursor() as cursor:
        cursor.execute(_ANNOUNCED, {"feed": feed, "seconds": seconds, "at_most": at_most})
        return [Announced(*row) for row in cursor.fetchall()]

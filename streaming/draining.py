"""Estimates when the queue of a feed will be empty, from the rows shown in the last seconds."""

from __future__ import annotations

import math
from datetime import datetime, timedelta

from django.db import connection

from streaming import pace
from streaming.display import Display
from streaming.models import Mode

WINDOW = timedelta(seconds=3)
STALLED = timedelta(seconds=5)
# A feed that shows nothing is estimated at one row per this many seconds, because the answer must be a number;
# `feed-stalled` reports that the feed has stopped.
SLOWEST_SECONDS = 60.0

_FIRST = """
SELECT seq, shown_at FROM streaming_shown WHERE feed_id = %s AND shown_at >= %s ORDER BY shown_at, seq LIMIT 1
"""


def drain_eta_seconds(display: Display) -> int:
    """Whole seconds until the rows that are queued now are shown, at the recently measured rate."""
    rows = min(1, display.queued_count) if display.mode == Mode.LATEST else display.queued_count
    return math.ceil(rows / _shown_rate(display)) if rows else 0


def _shown_rate(display: Display) -> float:
    rate = display.rate_per_second
    first = _read_first(display.feed, display.now - max(WINDOW, 3 * pace.period(rate)))
    if first is None:
        return 1 / SLOWEST_SECONDS if _is_stalled(display) else float(rate)
    seq, first_at = first
    if seq == display.last_seq:
        return float(rate)
    found = pace.shown_rate(rows=display.last_seq - seq, first_at=first_at, now=display.now, rate=rate)
    return max(found, 1 / SLOWEST_SECONDS)


def _is_stalled(display: Display) -> bool:
    """Whether the next row has been due for so long that no pacer shows the feed."""
    long_ago = display.now - max(STALLED, 3 * pace.period(display.rate_per_second))
    waited_since = display.next_announced_at
    return waited_since is not None and waited_since < long_ago and display.grid_at < long_ago


def _read_first(feed: str, began: datetime) -> tuple[int, datetime] | None:
    """The first row shown since `began`."""
    with connection.cursor() as cursor:
        cursor.execute(_FIRST, [feed, began])
        row: tuple[int, datetime] | None = cursor.fetchone()
    return row

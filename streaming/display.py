"""The progress of a feed, read from PostgreSQL in one snapshot."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from itertools import islice
from typing import Any

from django.conf import settings
from django.db.models import F

from runtime.prepared import fetch_all
from streaming import pace
from streaming.kinds import UnknownFeed, is_visible, kind_of, permanent_feeds
from streaming.models import Cursor, Feed

NAME = re.compile(r"[a-z][a-z0-9-]{0,39}", re.ASCII)


@dataclass(frozen=True, kw_only=True)
class Display:
    """The state of a feed and its progress, read in one snapshot. `now` is the database's clock at that time."""

    feed: str
    epoch: str
    announced_count: int
    position: int
    last_seq: int
    skipped_count: int
    cleared_seq: int | None
    mode: str
    rate_per_second: Decimal
    grid_at: datetime
    due_at: datetime
    next_announced_at: datetime | None
    now: datetime

    @property
    def queued_count(self) -> int:
        return self.announced_count - self.position


def check_feed(name: str) -> str:
    """Return `name` if a feed that the request may see has it; raises `UnknownFeed`."""
    if _exists(name) and is_visible(name):
        return name
    raise UnknownFeed(name)


def _exists(name: str) -> bool:
    if name in permanent_feeds():
        return True
    return bool(NAME.fullmatch(name)) and Feed.objects.filter(name=name, closed_at=None).exists()


def feed_names() -> list[str]:
    """The feeds that the request may see: the permanent ones, then the temporary ones, newest first."""
    permanent = permanent_feeds()
    others = Feed.objects.filter(closed_at=None).exclude(name__in=permanent).order_by("-created_at")
    return [name for name in [*permanent, *others.values_list("name", flat=True)] if is_visible(name)]


def longest_queues(most: int) -> list[str]:
    """The permanent feeds, and up to `most` others that the request may see: longest queue first, then newest first."""
    permanent = permanent_feeds()
    others = Feed.objects.filter(closed_at=None).exclude(name__in=permanent)
    names = others.order_by(F("cursor__position") - F("position"), "-created_at").values_list("name", flat=True)
    visible = (name for name in [*permanent, *names] if is_visible(name))
    return list(islice(visible, len(permanent) + most))


def feeds_with_rows() -> list[str]:
    """The feeds that own their rows."""
    return [name for name in feed_names() if kind_of(name).owns_rows]


_DISPLAYS = """
SELECT f.name, i.epoch, f.position, c.position, c.last_seq, c.skipped_count, c.cleared_seq, c.mode, c.rate_per_second,
       c.due_at, c.shown_at, n.announced_at, clock_timestamp()
FROM streaming_feed f JOIN streaming_cursor c ON c.feed_id = f.name CROSS JOIN streaming_installation i
LEFT JOIN LATERAL (SELECT announced_at FROM streaming_entry WHERE feed_id = f.name AND first_position <= c.position + 1
    ORDER BY first_position DESC LIMIT 1) n ON f.position > c.position
WHERE f.closed_at IS NULL AND
"""


def display(name: str) -> Display:
    """The progress of feed `name`; raises `UnknownFeed`."""
    rows = fetch_all(f"{_DISPLAYS} f.name = %s", [name])
    if not rows:
        raise UnknownFeed(name)
    return _display(*rows[0])


def queued_displays() -> list[Display]:
    """The progress of each feed that has queued rows, from one statement however many feeds there are."""
    return [_display(*row) for row in fetch_all(f"{_DISPLAYS} f.position > c.position", [])]


def _display(*row: Any) -> Display:
    (
        feed, epoch, head, position, last_seq, skipped, cleared_seq, mode, rate, due_at, shown_at, next_announced_at, now,
    ) = row  # fmt: skip
    rate = rate or settings.DISPLAY_RATE
    return Display(
        feed=feed, epoch=epoch, announced_count=head, position=position, last_seq=last_seq, skipped_count=skipped,
        cleared_seq=cleared_seq, mode=mode, rate_per_second=rate, now=now, grid_at=due_at,
        next_announced_at=next_announced_at,
        due_at=pace.due_at(grid=due_at, shown_at=shown_at, now=now, rate=rate),
    )  # fmt: skip


def rate_of(cursor: Cursor) -> Decimal:
    """The rate in rows per second: the operator's setting, or else `DISPLAY_RATE`."""
    return cursor.rate_per_second or settings.DISPLAY_RATE

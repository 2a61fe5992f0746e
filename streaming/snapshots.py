"""Snapshot reads: what a hub reads of a feed in one visit to the database."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from streaming import registry
from streaming.display import Display
from streaming.display import display as read_display
from streaming.kinds import kind_of
from streaming.rows import ShownRow, load_newest_shown, load_shown
from streaming.watched import note_watched

PAGE = 500


@dataclass(frozen=True, kw_only=True)
class Snapshot:
    """Rows shown after the known ones, and the state of the feed when they had been read."""

    display: Display
    rows: list[ShownRow]
    stats: dict[str, Any]
    status: dict[str, Any] | None


def read_feed(name: str, known_seq: int | None, wants_status: bool) -> Snapshot:
    """Read feed `name`: the next rows after `known_seq`, or the newest ones when None.

    Rows are read before the display, so that a clearing between the two is seen with the rows it cleared. The status is
    read first, so that its head is not beyond the rows.
    """
    if wants_status:
        note_watched(name)
    status = registry.read_status(name) if wants_status else None
    stats = kind_of(name).refresh_totals(name)
    if known_seq is not None:
        rows = load_shown(name, after=known_seq, limit=PAGE)
        return Snapshot(display=read_display(name), rows=rows, stats=stats, status=status)
    while True:
        display = read_display(name)
        rows = load_newest_shown(name, after=display.cleared_seq or 0, limit=PAGE)
        # A clearing in between would fall among the rows, at an unknown place.
        if read_display(name).cleared_seq == display.cleared_seq:
            return Snapshot(display=display, rows=rows, stats=stats, status=status)

"""What a hub reads of a feed in one visit to the database."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from streaming import registry
from streaming.display import Display
from streaming.display import display as read_display
from streaming.kinds import kind_of
from streaming.rows import ShownRow, load_newest_shown, load_shown

PAGE = 500


@dataclass(frozen=True, kw_only=True)
class Snapshot:
    """Rows shown after the ones known, and what was true when they had been read."""

    display: Display
    rows: list[ShownRow]
    stats: dict[str, Any]
    status: dict[str, Any] | None


def read_feed(name: str, known_seq: int | None, wants_status: bool) -> Snapshot:
    """Read feed `name`: the next rows after `known_seq`, or the newest when None.

    Rows are read before the display, so that a clearing between the two is seen with the rows it cleared. The status
    is read first: its head is then no further than the rows.
    """
    status = registry.read_status(name) if wants_status else None
    stats = kind_of(name).refresh_totals(name)
    if known_seq is not None:
        rows = load_shown(name, after=known_seq, limit=PAGE)
        return Snapshot(display=read_display(name), rows=rows, stats=stats, status=status)
    while True:
        display = read_display(name)
        rows = load_newest_shown(name, after=display.cleared_seq or 0, limit=PAGE)
        # A clearing in between would stand among the rows, where nobody could place it any more.
        if read_display(name).cleared_seq == display.cleared_seq:
            return Snapshot(display=display, rows=rows, stats=stats, status=status)

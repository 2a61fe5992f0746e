"""Registers the feeds of replays, `replay-N`: they show rows of another feed again."""

from __future__ import annotations

from invoices.listing import id_of
from invoices.queries import load_items
from replays import figures, operations, queries
from replays.models import KIND
from replays.overview import read_replay
from streaming import feed as feeds


def register() -> None:
    """Register the feed kind with `streaming`."""
    feeds.register_kind(
        feeds.FeedKind(
            name=KIND,
            is_permanent=False,
            owns_rows=False,
            mark=("Replay", "Past invoices shown again; none of them is issued now"),
            load_items=load_items,
            refresh_totals=figures.read_stats,
            read_totals=figures.read_stats,
            read_source=_read_source,
            read_page=_read_page,
            sortable=lambda feed: [],
            is_visible=_is_visible,
            stop=operations.stop,
            reset=operations.reset,
        )
    )


def _read_source(feed: str) -> feeds.SourceState:
    replay = read_replay(feed)
    is_running = replay is not None and replay["state"] == "running"
    return feeds.SourceState(active_word="running" if is_running else None, details={"replay": replay})


def _read_page(feed: str, asked: feeds.PageQuery) -> feeds.Page:
    """The invoices that the replay has announced, newest first."""
    if asked.sort:
        raise feeds.BadPageQuery(
            "sort", "the invoices of a replay cannot be sorted: they are listed in the order of their display"
        )
    below = id_of(asked.cursor)
    if asked.before:
        below = min(below, queries.position_of(feed, asked.before))
    page = queries.read_page(feed, limit=asked.limit, before=below, until=asked.until, query=asked.query)
    return feeds.Page(page.items, page.next_id)


def _is_visible(feed: str) -> bool:
    """A replay is visible where the feed is whose invoices it shows."""
    replay = operations.find(feed)
    return replay is None or feeds.is_visible(replay.source_id)

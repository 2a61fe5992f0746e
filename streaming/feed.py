"""The public API of `streaming`: all operations on feeds for the apps above."""

from __future__ import annotations

from streaming import wire
from streaming.audit import FeedProof, prove
from streaming.connections import Connection
from streaming.direct import writer_of
from streaming.display import (
    Display,
    check_feed,
    display,
    feed_names,
    feeds_with_rows,
    longest_queues,
    queued_displays,
)
from streaming.draining import drain_eta_seconds
from streaming.feedstate import FeedState
from streaming.hub import connection_count, hub
from streaming.kinds import (
    BadPageQuery,
    ControlRefused,
    FeedKind,
    Page,
    PageQuery,
    SourceState,
    UnknownFeed,
    is_visible,
    kind_of,
    operation,
    permanent_feeds,
    register_kind,
)
from streaming.models import Mode
from streaming.opening import close_feed, delete_closed, open_feed
from streaming.operations import (
    announce,
    announce_ranges,
    ensure_feeds,
    notify_announced,
    notify_rights,
    notify_status,
    notify_totals,
    send_frames,
    set_pace,
    skip_queued,
)  # fmt: skip
from streaming.registry import register_status
from streaming.seconds import Announced, Second, read_announced, read_seconds
from streaming.snapshots import read_feed

__all__ = [
    "Announced",
    "BadPageQuery",
    "Connection",
    "ControlRefused",
    "Display",
    "FeedKind",
    "FeedProof",
    "Mode",
    "Page",
    "PageQuery",
    "Second",
    "SourceState",
    "UnknownFeed",
    "announce",
    "announce_ranges",
    "check_feed",
    "close_feed",
    "connection_count",
    "delete_closed",
    "display",
    "drain_eta_seconds",
    "ensure_feeds",
    "feed_names",
    "feeds_with_rows",
    "hub",
    "is_visible",
    "kind_of",
    "longest_queues",
    "notify_announced",
    "notify_rights",
    "notify_status",
    "notify_totals",
    "open_feed",
    "operation",
    "permanent_feeds",
    "prove",
    "queued_displays",
    "read_announced",
    "read_hello",
    "read_seconds",
    "register_kind",
    "register_status",
    "send_frames",
    "set_pace",
    "skip_queued",
    "wire",
    "writer_of",
]  # fmt: skip


def read_hello(name: str) -> str:
    """The hello frame of a new screen on feed `name`, read from PostgreSQL now."""
    state = FeedState(name)
    state.take(read_feed(name, None, True))
    return state.hello(last_seq=None, epoch=None)

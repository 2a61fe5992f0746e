"""What the apps above lend to the feed, which knows no invoice: how to load a row, its totals and its status."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

# (source id, ordinal) of each row -> its JSON text; rows that are gone are missing.
ItemLoader = Callable[[Sequence[tuple[int, int]]], dict[tuple[int, int], str]]
# feed -> the object of a `stats` frame, or of a `status` frame.
Reader = Callable[[str], dict[str, Any]]

_load_items: ItemLoader | None = None
_read_stats: dict[str, Reader] = {}
_read_status: Reader | None = None


def register_items(load: ItemLoader) -> None:
    global _load_items
    _load_items = load


def register_stats(read: Reader, *, kind: str = "") -> None:
    """`read` tells the totals of the feeds of that kind (those named KIND-N), or of all that have none of their own."""
    _read_stats[kind] = read


def register_status(read: Reader) -> None:
    global _read_status
    _read_status = read


def load_items(keys: Sequence[tuple[int, int]]) -> dict[tuple[int, int], str]:
    assert _load_items, "no app has registered how rows are loaded"
    return _load_items(keys) if keys else {}


def read_stats(feed: str) -> dict[str, Any]:
    assert "" in _read_stats, "no app has registered how totals are read"
    return _read_stats.get(feed.partition("-")[0], _read_stats[""])(feed)


def read_status(feed: str) -> dict[str, Any]:
    assert _read_status, "no app has registered how the status is read"
    return _read_status(feed)

"""Recent activity: the entries of the activity list, and the reader that each app provides for its own entries."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple


class Activity(NamedTuple):
    """One entry: its time, its kind and a sentence."""

    at: datetime
    kind: str
    text: str


@dataclass(frozen=True, kw_only=True)
class ActivityReader:
    """Reads an app's newest entries, at least the `limit` newest, in any order. `kinds` lists the kinds of its entries."""

    kinds: tuple[str, ...]
    read: Callable[[int], Iterable[Activity]]

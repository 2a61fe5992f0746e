"""What happened lately: entries of the activity list, and the reader that each app provides for its own."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple


class Activity(NamedTuple):
    """One entry: when, of which kind, and a sentence."""

    at: datetime
    kind: str
    text: str


@dataclass(frozen=True, kw_only=True)
class ActivityReader:
    """Reads an app's newest entries, at least the `limit` newest, in any order. `kinds` are the kinds that it gives."""

    kinds: tuple[str, ...]
    read: Callable[[int], Iterable[Activity]]

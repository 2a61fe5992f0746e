"""Reads the recent activity of all apps from their rows."""

from __future__ import annotations

from collections.abc import Iterator
from heapq import nlargest
from itertools import chain

from django.utils.module_loading import import_string

from dashboard.sections import SECTIONS
from runtime import heartbeats
from runtime.activity import Activity, ActivityReader
from runtime.formats import iso


def read_activity(limit: int) -> list[dict[str, str]]:
    """The `limit` newest entries, newest first."""
    found = chain.from_iterable(reader.read(limit) for reader in _readers())
    return [{"at": iso(each.at), "kind": each.kind, "text": each.text} for each in nlargest(limit, found)]


def kinds() -> list[str]:
    """The possible kinds of entries."""
    return [kind for reader in _readers() for kind in reader.kinds]


def _readers() -> Iterator[ActivityReader]:
    yield from (import_string(section.activity) for section in SECTIONS if section.activity)
    yield ActivityReader(kinds=("process",), read=_starts)


def _starts(limit: int) -> Iterator[Activity]:
    for beat in heartbeats.read():
        yield Activity(beat["started_at"], "process", f"{beat['name']} started as process {beat['pid']}")

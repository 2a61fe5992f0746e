"""Reads replays in the form that the API and the pages show."""

from __future__ import annotations

from typing import Any

from django.db.models.functions import Now

from replays import operations, window
from replays.models import Replay
from replays.serialize import present_replay
from runtime.formats import iso
from streaming import feed as feeds


def read_replay(feed: str) -> dict[str, Any] | None:
    """The replay of `feed` with its current clock; None for any other feed."""
    replay = operations.find(feed)
    return None if replay is None else present_replay(replay, feeds.display(feed).now)


def read_replays() -> list[dict[str, Any]]:
    """All kept replays that the request may see, newest first."""
    found = Replay.objects.annotate(now=Now()).order_by("-id")
    return [present_replay(replay, replay.now) for replay in found if feeds.is_visible(replay.source_id)]


def read_windows() -> dict[str, dict[str, str] | None]:
    """The last day of each feed that owns invoices, from its first hour to the end of its last hour."""
    days = {feed: window.last_day(feed) for feed in feeds.feeds_with_rows()}
    return {feed: day and {"from": iso(day[0]), "to": iso(day[1])} for feed, day in days.items()}

"""Replays, as entries of the activity list."""

from __future__ import annotations

from collections.abc import Iterator

from replays.models import Replay
from runtime.activity import Activity, ActivityReader
from runtime.formats import number


def read_activity(limit: int) -> Iterator[Activity]:
    for replay in Replay.objects.order_by("-id")[:limit]:
        window = f"{replay.source_id} from {replay.begins_at:%Y-%m-%d %H:%M} to {replay.ends_at:%Y-%m-%d %H:%M}"
        name = f"Replay {replay.pk}"
        yield Activity(replay.started_at, "replay", f"{name} of {window} started at {number(replay.speed)}x")
        if replay.ended_at:
            yield Activity(replay.ended_at, "replay", f"{name} {replay.state}")


ACTIVITY = ActivityReader(kinds=("replay",), read=read_activity)

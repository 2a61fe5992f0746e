"""The JSON of a replay, and the parser of its times."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from replays import timeline
from replays.models import Replay
from runtime.formats import iso, number


class BadMoment(ValueError):
    """The text is not a valid time."""


def parse_moment(text: str) -> datetime:
    """Parse `2010-12-06` or `2010-12-06T08:30:00+01:00`; a day means its start, and a time without a zone is in UTC.

    Raises `BadMoment`.
    """
    try:
        moment = datetime.fromisoformat(text)
        return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)
    except (ValueError, OverflowError):
        raise BadMoment(
            f"{text[:40]!r} is not a valid time: use a day such as 2010-12-06, or 2010-12-06T08:30:00 with or without a zone"
        ) from None


def present_replay(replay: Replay, now: datetime) -> dict[str, Any]:
    """The JSON of a replay in the API. `clock` is its current time in the window, `progress` the part of the window
    that is over (0 to 1).
    """
    clock = replay.clock(now)
    window = {"begins_at": replay.begins_at, "ends_at": replay.ends_at}
    return {
        "feed": replay.feed_name,
        "source": replay.source_id,
        "from": iso(replay.begins_at),
        "to": iso(replay.ends_at),
        "speed": number(replay.speed),
        "state": str(replay.state),
        "clock": iso(clock),
        "progress": round(timeline.progress(**window, clock=clock), 4),
        "started_at": iso(replay.started_at),
        "ended_at": replay.ended_at and iso(replay.ended_at),
    }

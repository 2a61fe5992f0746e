"""Skips by an operator, as entries of the activity list. Skips of the mode `latest`, one per step, are left out."""

from __future__ import annotations

from collections.abc import Iterator

from runtime.activity import Activity, ActivityReader
from streaming.models import Skip

_WHY = {Skip.Why.RESET.value: "by a reset", Skip.Why.SKIP.value: "by hand"}


def read_activity(limit: int) -> Iterator[Activity]:
    for skip in Skip.objects.filter(why__in=_WHY).order_by("-id")[:limit]:
        count = skip.last_position - skip.first_position + 1
        yield Activity(skip.at, "skip", f"{count:,} queued on {skip.feed_id} were skipped {_WHY[skip.why]}")


ACTIVITY = ActivityReader(kinds=("skip",), read=read_activity)

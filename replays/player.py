"""The tick: announces what each running replay owes by its clock. A late, repeated or killed tick leads to the same
rows.
"""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from replays import figures, timeline, window
from replays.models import Replay
from replays.timeline import MICROSECOND
from replays.window import LARGEST_ID, Found, Place
from runtime.clock import ClockTimestamp, read_clock
from streaming import feed as feeds

# The pacer shows only a fraction of this between two ticks, and the transaction stays short.
MOST_PER_TICK = 500
# A slice of the window with more invoices than this is halved before it is sorted.
MOST_SORTED = 50_000


def tick() -> int:
    """Announce the due invoices of every running replay, at most `MOST_PER_TICK` of each; returns their number."""
    running = Replay.objects.filter(state=Replay.State.RUNNING).order_by("id").values_list("id", flat=True)
    return sum(_advance(replay_id) for replay_id in running)


@transaction.atomic
def _advance(replay_id: int) -> int:
    """Under the row lock of the replay: read its progress and the due invoices, and announce the difference."""
    replay = (
        Replay.objects.select_for_update(no_key=True, skip_locked=True)
        .filter(pk=replay_id, state=Replay.State.RUNNING)
        .first()
    )
    if replay is None:
        return 0
    last = timeline.last_moment(replay.ends_at)
    found, place = _read_due(replay, min(replay.clock(read_clock()), last))
    if found:
        feeds.announce_ranges(replay.feed_name, timeline.ranges((each.series_id, each.ordinal) for each in found))
        figures.add(replay, found)
    _save(replay, place, is_over=place == Place(last, LARGEST_ID))
    return len(found)


def _read_due(replay: Replay, through: datetime) -> tuple[list[Found], Place]:
    """The next invoices up to the time `through`, and the new read position."""
    series, place = window.open_series(replay.source_id), Place(replay.reached_at, replay.reached_id)
    through = max(through, place.at)
    # The narrowest slice has one time value: invoices with the same date are sorted together.
    while through - place.at > MICROSECOND and _is_too_full(series, place, through):
        through = timeline.midway(place.at, through)
    found = window.read_after(series, place, through, limit=MOST_PER_TICK)
    if len(found) < MOST_PER_TICK:
        return found, Place(through, LARGEST_ID)
    return found, Place(found[-1].invoice_date, found[-1].id)


def _is_too_full(series: list[int], place: Place, through: datetime) -> bool:
    return window.count_after(series, place, through, at_most=MOST_SORTED) == MOST_SORTED


def _save(replay: Replay, place: Place, *, is_over: bool) -> None:
    ended = {"state": Replay.State.COMPLETED, "ended_at": ClockTimestamp()} if is_over else {}
    Replay.objects.filter(pk=replay.pk).update(reached_at=place.at, reached_id=place.id, **ended)
    if is_over:
        feeds.notify_status(replay.feed_name)

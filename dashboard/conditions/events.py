"""Checks whether the consumers of events progress, compared with the previous check, and whether any event is dead."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator

from dashboard.conditions.stall import Stall
from dashboard.conditions.work import Finding
from events.lag import Lag, read_lag, read_oldest_writer
from runtime.conditions import EVENTS_BEHIND, EVENTS_DEAD

BEHIND_SECONDS = 10.0


class EventWork:
    """Compares with the previous check. `now` is in monotonic seconds."""

    def __init__(self) -> None:
        self._stalls: defaultdict[str, Stall] = defaultdict(Stall)

    def look(self, now: float) -> Iterator[Finding]:
        """Find consumers that have stopped, and dead events; raises `DatabaseError`."""
        for lag in read_lag():
            seconds = self._stalls[lag.consumer].look(lag.position, should_move=lag.waiting > 0, now=now)
            if seconds >= BEHIND_SECONDS:
                yield Finding(EVENTS_BEHIND, lag.consumer, _describe_stall(lag, seconds))
            if lag.dead:
                sentence = (
                    f"{lag.consumer} could not handle {lag.dead:,} events; see the error and retry them in the admin."
                )
                yield Finding(EVENTS_DEAD, lag.consumer, sentence)


def _describe_stall(lag: Lag, seconds: float) -> str:
    """Consumers wait for every transaction that writes and began before an event, so an old one is named."""
    what = f"{lag.waiting:,} events wait for {lag.consumer} and none was read for {seconds:.0f} s"
    writer = read_oldest_writer()
    if writer is None or writer.seconds < seconds:
        return f"{what}; look at the process loops and its log."
    session = f"session {writer.pid} ({writer.name})"
    return f"{what}, because the transaction of {session} has been open for {writer.seconds:.0f} s."

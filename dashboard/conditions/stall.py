"""Measures how long something has made no progress although it should. Arithmetic only; times are monotonic seconds."""

from __future__ import annotations

from collections import deque
from collections.abc import Hashable

# A process that was suspended has made no checks: a longer gap between two checks counts as this.
LONGEST_GAP_SECONDS = 5.0


class Stall:
    """Sums the time between checks without progress."""

    def __init__(self) -> None:
        self._progress: Hashable = None
        self._looked_at = 0.0
        self._seconds = 0.0

    def look(self, progress: Hashable, *, should_move: bool, now: float) -> float:
        """The seconds for which `progress` has been the same although it should have changed."""
        if should_move and progress == self._progress:
            self._seconds += min(LONGEST_GAP_SECONDS, now - self._looked_at)
        else:
            self._seconds = 0.0
        self._progress, self._looked_at = progress, now
        return self._seconds


class Shrinking:
    """Counts how often a queue got shorter between two checks; a `Stall` takes the count as progress."""

    def __init__(self) -> None:
        self._count = 0
        self.steps = 0

    def look(self, count: int) -> int:
        """How often the queue was shorter than at the previous check."""
        self.steps += count < self._count
        self._count = count
        return self.steps


class Drain:
    """Whether the queue of a feed drains, over the checks of `WINDOW_SECONDS`, or of `LEAST_ROWS` at a slow rate."""

    WINDOW_SECONDS = 10.0
    LEAST_ROWS = 5
    # Below this part of its rate, a feed has the capacity to drain its queue.
    ROOM = 0.8

    def __init__(self) -> None:
        self._looks: deque[tuple[float, int, int]] = deque()

    def look(self, *, announced: int, passed: int, rate: float, now: float) -> float | None:
        """Rows shown per second if the queue should have become shorter and did not; else None."""
        window = max(self.WINDOW_SECONDS, self.LEAST_ROWS / rate)
        self._looks.append((now, announced, passed))
        while len(self._looks) > 2 and now - self._looks[1][0] >= window:
            self._looks.popleft()
        first_at, first_announced, first_passed = self._looks[0]
        seconds = now - first_at
        if seconds < window:
            return None
        began_with, ends_with = first_announced - first_passed, announced - passed
        has_room = (announced - first_announced) / seconds < self.ROOM * rate
        is_stuck = began_with > rate and ends_with >= began_with
        return (passed - first_passed) / seconds if has_room and is_stuck else None

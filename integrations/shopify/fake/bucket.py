"""The cost points of one shop: a bucket that fills with time, and the answer's `extensions.cost`."""

from __future__ import annotations

import threading
from datetime import datetime

from integrations.fakes.clock import Clock
from integrations.shopify.fake.market import Json

# Of the standard plan.
MOST_POINTS, POINTS_PER_SECOND = 2000, 100


class Bucket:
    """All methods may be called from any thread."""

    def __init__(self, clock: Clock, *, most: int = MOST_POINTS, restore: int = POINTS_PER_SECOND) -> None:
        self._clock, self.most, self.restore = clock, most, restore
        self._points, self._at = float(most), clock()
        self._lock = threading.Lock()

    @property
    def available(self) -> float:
        with self._lock:
            self._fill(self._clock())
            return self._points

    def take(self, points: int) -> bool:
        """Whether there are as many points; takes them."""
        with self._lock:
            self._fill(self._clock())
            if points > self._points:
                return False
            self._points -= points
            return True

    def give_back(self, points: int) -> None:
        """What a query was thought to cost and did not."""
        with self._lock:
            self._points = min(float(self.most), self._points + points)

    def cost(self, requested: int, actual: int | None) -> Json:
        status = {
            "maximumAvailable": float(self.most), "currentlyAvailable": int(self.available),
            "restoreRate": float(self.restore),
        }  # fmt: skip
        return {"requestedQueryCost": requested, "actualQueryCost": actual, "throttleStatus": status}

    def _fill(self, now: datetime) -> None:
        passed = max(0.0, (now - self._at).total_seconds())
        self._points, self._at = min(float(self.most), self._points + passed * self.restore), now

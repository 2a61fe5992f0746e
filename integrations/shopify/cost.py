"""The points that a shop has for queries: each costs some, and they come back over time. Arithmetic only.

Times are monotonic seconds.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

# Of a shop with the smallest plan, until the first answer says what the shop really has.
FIRST_POINTS, FIRST_RESTORE_RATE = 1000.0, 50.0


@dataclass(slots=True)
class Bucket:
    """What is left of the points of one shop, as known at `read_at`."""

    available: float = FIRST_POINTS
    maximum: float = FIRST_POINTS
    restore_rate: float = FIRST_RESTORE_RATE
    read_at: float = 0.0

    def left(self, now: float) -> float:
        """The points that are there now."""
        return min(self.maximum, self.available + max(0.0, now - self.read_at) * self.restore_rate)

    def wait_seconds(self, points: float, now: float) -> float:
        """Seconds until a query of that cost can be sent. More than the bucket holds never come together."""
        lacking = min(points, self.maximum) - self.left(now)
        return max(0.0, lacking / self.restore_rate)

    def spend(self, points: float, now: float) -> None:
        """Take off the points of a query that is sent, until its answer says what is left."""
        self.available, self.read_at = max(0.0, self.left(now) - points), now

    def note(self, extensions: Any, now: float) -> None:
        """Take over what an answer says in `extensions.cost.throttleStatus`."""
        status = _mapping(_mapping(extensions, "cost"), "throttleStatus")
        available, maximum, rate = (
            _number(status.get(name)) for name in ("currentlyAvailable", "maximumAvailable", "restoreRate")
        )
        if available is not None and maximum and rate:
            self.available, self.maximum, self.restore_rate, self.read_at = available, maximum, rate, now


def requested_points(extensions: Any) -> float | None:
    """What the query costs before it is run; None where the answer does not say it."""
    return _number(_mapping(extensions, "cost").get("requestedQueryCost"))


def _mapping(record: Any, name: str) -> dict[str, Any]:
    found = record.get(name) if isinstance(record, dict) else None
    return found if isinstance(found, dict) else {}


def _number(value: Any) -> float | None:
    try:
        number = float(value)
    except (TypeError, ValueError):
        return None
    return number if 0 <= number < float("inf") else None

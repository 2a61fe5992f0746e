"""The clock of a shop in tests."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta


class ShopClock:
    """Begins an hour ago and stands still until it is moved."""

    def __init__(self) -> None:
        self.now = datetime.now(UTC).replace(microsecond=0) - timedelta(hours=1)

    def __call__(self) -> datetime:
        return self.now

    def move(self, seconds: float = 1) -> None:
        self.now += timedelta(seconds=seconds)

"""The clock of a fake shop. Times of WooCommerce have whole seconds."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime

Clock = Callable[[], datetime]


def real_clock() -> datetime:
    return datetime.now(UTC)


def text(moment: datetime | None) -> str | None:
    """The time as WooCommerce writes it, without its zone."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S") if moment else None
